import { existsSync } from 'node:fs';
import type { FtrackSimulator, FtrackSimulatorOptions } from '../ftrack';
import { startFtrackSimulator } from '../ftrack';
import { SnapshotError } from '../ftrack/snapshot/document';
import { assertSnapshotFile, readSnapshotFile } from '../ftrack/snapshot/file';
import { asText } from '../ftrack/values';
import type { Studio } from '../studio';
import type { OptionValues } from './options';
import { textOption, UsageError } from './options';
import { sizeOf, studioFrom, studioOptions } from './studio';
import type { SimulatorCommand } from './types';

const shownPeople = 8;

/** Their snapshots have 1.6 kB each, and JSON is read from one text of at most 512 MiB. */
const mostSavedEntities = 300_000;

/** `ayon-ftrack simulate ftrack` */
export const ftrackCommand: SimulatorCommand = {
  what: 'Runs a simulated ftrack: HTTP API, event hub, files, and a view for the browser.',
  options: [
    ...studioOptions,
    {
      name: 'snapshot',
      value: 'FILE',
      what: 'go on from this file when it is there; save to it at the end (compressed: FILE.gz)',
    },
  ],
  async start(values, place) {
    const file = textOption(values, 'snapshot');
    const source = await sourceOf(values, file);
    if (file !== undefined) {
      // Told now: at the end everything would be lost.
      await usable(() => assertSnapshotFile(file));
    }
    const simulator = await startSimulator({ ...place, ...source.options });
    const { url, user, key } = simulator;
    const controlUrl = `${url}/_simulator`;
    return {
      ready: { url, user, key, controlUrl },
      lines: [
        [`A simulated ftrack ${source.what} runs at`, url],
        ['In the browser', `${url}/`],
        ['API user', user],
        ['API key', key],
        ['People', `${peopleOf(simulator)}; their keys are key-of-NAME unless described otherwise`],
        ['Controls', controlUrl],
        ...(file === undefined ? [] : [['Saved at the end', file] as const]),
      ],
      async stop() {
        await simulator.close();
        if (file !== undefined) {
          await simulator.save(file);
        }
      },
    };
  },
};

interface Source {
  readonly what: string;
  readonly options: Pick<FtrackSimulatorOptions, 'studio' | 'snapshot'>;
}

/** A snapshot that is there, else the studio that the options name. */
async function sourceOf(values: OptionValues, file: string | undefined): Promise<Source> {
  if (file === undefined || !existsSync(file)) {
    if (file !== undefined && Number(textOption(values, 'generate') ?? 0) > mostSavedEntities) {
      throw new UsageError(
        `A snapshot of so many entities could not be read again; --generate at most ${mostSavedEntities}, or leave out --snapshot.`,
      );
    }
    const studio: Studio = studioFrom(values);
    return { what: `of ${sizeOf(studio)}`, options: { studio } };
  }
  return usable(async () => {
    const snapshot = await readSnapshotFile(file);
    return { what: `as it was saved at ${snapshot.savedAt}`, options: { snapshot } };
  });
}

function startSimulator(options: FtrackSimulatorOptions): Promise<FtrackSimulator> {
  return usable(() => startFtrackSimulator(options));
}

/** A snapshot that cannot be used is told as wrong use. */
async function usable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SnapshotError ? new UsageError(error.message) : error;
  }
}

/** The first names of those who may log in. */
function peopleOf({ store, user }: FtrackSimulator): string {
  const rows = [...store.tableOf('User').where('$type', 'User')].filter(
    ({ data }) => data['is_active'] === true && data['username'] !== user,
  );
  const names = rows.slice(0, shownPeople).map(({ data }) => asText(data['username']));
  return `${names.join(', ')}${rows.length > shownPeople ? ` and ${rows.length - shownPeople} more` : ''}`;
}
