import { startAyonSimulator } from '../ayon';
import { choiceOption, textOption, UsageError } from './options';
import { sizeOf, studioFrom, studioOptions } from './studio';
import type { SimulatorCommand } from './types';

/** `ayon-ftrack simulate ayon` */
export const ayonCommand: SimulatorCommand = {
  what: 'Runs a simulated AYON server: REST, GraphQL, operations and events.',
  options: [
    ...studioOptions,
    { name: 'api-key', value: 'KEY', what: 'key of the service user (default: a new one)' },
    { name: 'unpaired', what: 'only users and empty projects, as before the first sync' },
    { name: 'empty', what: 'no studio at all' },
    {
      name: 'cost',
      value: 'none|real',
      what: 'whether requests take as long as on a real server (default none)',
    },
  ],
  async start(values, place) {
    const studio = studioFrom(values);
    const apiKey = textOption(values, 'api-key');
    const cost = choiceOption(values, 'cost', ['none', 'real']);
    const isEmpty = values['empty'] === true;
    const paired = values['unpaired'] !== true;
    const contrary = ['seed', 'generate', 'unpaired'].find((name) => values[name] !== undefined);
    if (isEmpty && contrary !== undefined) {
      throw new UsageError(`--empty means no studio, --${contrary} is about one; give one of them.`);
    }
    const simulator = await startAyonSimulator({
      ...place,
      paired,
      ...(isEmpty ? {} : { studio }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(cost === undefined ? {} : { cost }),
    });
    const { url } = simulator;
    const size = isEmpty ? 'without a studio' : `of ${sizeOf(studio)}${paired ? '' : ', not synced yet,'}`;
    return {
      ready: { url, apiKey: simulator.apiKey },
      lines: [
        [`A simulated AYON ${size} runs at`, url],
        ['API key', simulator.apiKey],
        ['Controls', `${url}/_simulator`],
      ],
      stop: () => simulator.close(),
    };
  },
};
