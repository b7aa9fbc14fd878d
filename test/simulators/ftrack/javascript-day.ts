import { join } from 'node:path';
import type { operation, SessionOptions } from '@ftrack/api';
import { Session } from '@ftrack/api';
import { getLogger } from 'loglevel';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { readStudioFile } from '../../../simulators/studio/file/index';

/** An entity as it came over the wire. */
export type Entity = Record<string, unknown> & { readonly id: string };

/** A simulator and how the official JavaScript client works on it. */
export interface Day {
  readonly simulator: FtrackSimulator;
  /** Ada may do everything; answers are plain data. */
  readonly ada: Session;
  open(username: string, options?: SessionOptions): Promise<Session>;
  find(expression: string, session?: Session): Promise<Entity[]>;
  /** The only entity that the expression finds. */
  one(expression: string): Promise<Entity>;
  /** Id of what has this name. */
  idOf(type: string, name: string): Promise<string>;
  /** Creates and gives the id. */
  make(type: string, data: Record<string, unknown>): Promise<string>;
  /** Several operations as one transaction. @returns the entities of creations and updates */
  batch(operations: readonly operation.Operation[]): Promise<Entity[]>;
  close(): Promise<void>;
}

/** Texts in an order that does not depend on the server. */
export function sorted(values: readonly unknown[]): string[] {
  return values.map(String).toSorted((left, right) => left.localeCompare(right));
}

async function openSession(
  { url }: FtrackSimulator,
  credentials: readonly [user: string, key: string],
  options: SessionOptions,
): Promise<Session> {
  const session = new Session(url, ...credentials, {
    ensureSerializableResponse: true,
    decodeDatesAsIso: true,
    ...options,
  });
  await session.initializing;
  return session;
}

/** Starts the studio in which the official clients work, and opens Ada's session. */
export async function startDay(options: SessionOptions = {}): Promise<Day> {
  // It warns of every refusal, and the tests provoke many.
  getLogger('ftrack_api').setLevel('silent');
  const studio = readStudioFile(join(__dirname, 'official-studio.yaml'));
  const simulator = await startFtrackSimulator({ studio, socialFeed: false });
  const open: Day['open'] = (username, more = {}) =>
    openSession(simulator, [username, simulator.keyOf(username)], more);
  const ada = await open('ada', options);
  const find: Day['find'] = async (expression, session = ada) =>
    (await session.query(expression)).data as unknown as Entity[];
  const one: Day['one'] = async (expression) => {
    const [found, ...others] = await find(expression);
    if (found === undefined || others.length > 0) {
      throw new Error(`${expression} found ${others.length + Number(found !== undefined)} entities.`);
    }
    return found;
  };
  return {
    simulator,
    ada,
    open,
    find,
    one,
    idOf: async (type, name) => (await one(`select id from ${type} where name is "${name}"`)).id,
    make: async (type, data) => ((await ada.create(type, data)).data as unknown as Entity).id,
    batch: async (operations) => {
      const answers = (await ada.call([...operations])) as unknown as { data: Entity }[];
      return answers.map(({ data }) => data);
    },
    close: () => simulator.close(),
  };
}
