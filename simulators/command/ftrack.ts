import { startFtrackSimulator } from '../ftrack';
import { sizeOf, studioFrom, studioOptions } from './studio';
import type { SimulatorCommand } from './types';

const shownPeople = 8;

/** `ayon-ftrack simulate ftrack` */
export const ftrackCommand: SimulatorCommand = {
  what: 'Runs a simulated ftrack: HTTP API, event hub, files, and a view for the browser.',
  options: studioOptions,
  async start(values, place) {
    const studio = studioFrom(values);
    const simulator = await startFtrackSimulator({ ...place, studio });
    const { url, user, key } = simulator;
    const controlUrl = `${url}/_simulator`;
    const people = studio.users.filter(({ isActive = true }) => isActive);
    const names = people.slice(0, shownPeople).map(({ username }) => username);
    const more = people.length > shownPeople ? ` and ${people.length - shownPeople} more` : '';
    return {
      ready: { url, user, key, controlUrl },
      lines: [
        [`A simulated ftrack of ${sizeOf(studio)} runs at`, url],
        ['In the browser', `${url}/`],
        ['API user', user],
        ['API key', key],
        ['People', `${names.join(', ')}${more}; their keys are key-of-NAME unless described otherwise`],
        ['Controls', controlUrl],
      ],
      stop: () => simulator.close(),
    };
  },
};
