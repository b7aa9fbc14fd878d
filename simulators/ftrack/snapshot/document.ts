import { z } from 'zod';
import type { StudioObjectType } from '../../studio';
import type { Credentials } from '../credentials';
import type { EventLog } from '../events/event-log';
import type { FileStore } from '../files/file-store';
import type { Store } from '../store/store';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { asText, isRecord, nowStamp } from '../values';

const format = 'simulated ftrack';
/** Grows with every change after which older simulators could not read what this one writes. */
const formatVersion = 1;

/** What a snapshot is taken of. */
export interface SnapshotParts {
  readonly store: Store;
  readonly eventLog: EventLog;
  readonly credentials: Credentials;
  readonly files: FileStore;
  /** Kinds of entities of the studio itself: they are part of the schema. */
  readonly objectTypes: readonly StudioObjectType[];
  readonly serviceUser: string;
}

/** A snapshot that cannot be used; the message is one sentence for people. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** `shapes` say which type and columns a row has; a row is the number of its shape and its values. */
const Table = z.object({
  shapes: z.array(z.array(z.string()).min(1)),
  // Looked at row by row when it is loaded: a check here would copy all of them.
  rows: z.custom<unknown[]>(Array.isArray),
});
const Shape = z.object({
  savedAt: z.string(),
  serviceUser: z.string(),
  objectTypes: z.array(
    z.object({ id: z.string(), name: z.string(), type: z.string(), sort: z.number() }).loose(),
  ),
  lastEventId: z.number().int(),
  credentials: z.object({
    keys: z.array(z.tuple([z.string(), z.string()])),
    apiKeys: z.array(z.object({ id: z.string(), key: z.string(), roles: z.array(z.string()) })),
  }),
  files: z.array(
    z.object({
      id: z.string(),
      etag: z.string(),
      contentType: z.string(),
      storedAt: z.number(),
      base64: z.string(),
    }),
  ),
  tables: z.record(z.string(), Table),
});

export type SnapshotDocument = z.infer<typeof Shape>;

/** Rows in the order in which they were put in; most of a table have one of a few shapes. */
function tableText(rows: Iterable<Row>): string {
  const shapes = new Map<string, number>();
  const lines: string[] = [];
  for (const { type, data } of rows) {
    const shape = JSON.stringify([type, ...Object.keys(data)]);
    const number = shapes.get(shape) ?? shapes.size;
    shapes.set(shape, number);
    lines.push(JSON.stringify([number, ...Object.values(data)]));
  }
  return `{"shapes":[${[...shapes.keys()].join(',')}],"rows":[${lines.join(',\n')}]}`;
}

/** The text of a snapshot in parts, as the simulator is at this moment. */
export function snapshotText(parts: SnapshotParts): string[] {
  const head: Omit<SnapshotDocument, 'tables'> & { format: string; version: number } = {
    format,
    version: formatVersion,
    savedAt: new Date().toISOString(),
    serviceUser: parts.serviceUser,
    objectTypes: parts.objectTypes.map((type) => ({ ...type })),
    lastEventId: parts.eventLog.highestId,
    credentials: parts.credentials.saved(),
    files: [...parts.files.all()].map(([id, { bytes, ...file }]) => ({
      id,
      ...file,
      base64: bytes.toString('base64'),
    })),
  };
  const texts = [`${JSON.stringify(head).slice(0, -1)},\n"tables":{`];
  for (const [index, family] of parts.store.families().entries()) {
    const comma = index === 0 ? '' : ',\n';
    texts.push(`${comma}${JSON.stringify(family)}:`, tableText(parts.store.tableOf(family).all()));
  }
  texts.push('}}\n');
  return texts;
}

/**
 * Checks that something is a snapshot of a version that can be read.
 *
 * @param from how it is called in messages
 * @throws SnapshotError
 */
export function readSnapshot(document: unknown, from: string): SnapshotDocument {
  if (!isRecord(document) || document['format'] !== format) {
    throw new SnapshotError(`${from} is no snapshot of a simulated ftrack.`);
  }
  const { version } = document;
  if (version !== formatVersion) {
    throw new SnapshotError(
      `${from} is a snapshot of version ${JSON.stringify(version)}, and this simulator reads version ${formatVersion}; start it without the snapshot, or use the release that wrote it.`,
    );
  }
  const parsed = Shape.safeParse(document);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    throw new SnapshotError(`${from} is a damaged snapshot: "${place}" is not as it must be.`);
  }
  return parsed.data;
}

function rowsOf(table: z.infer<typeof Table>, store: Store, family: string): Row[] {
  return table.rows.map((row) => {
    const [shape, ...values]: unknown[] = Array.isArray(row) ? row : [];
    const [type, ...columns] = table.shapes[Number(shape)] ?? [];
    if (type === undefined || !store.registry.has(type) || store.registry.get(type).family !== family) {
      throw new SnapshotError(
        `The snapshot holds rows of ${type ?? 'no type'} that this simulator does not know.`,
      );
    }
    const data: Data = {};
    for (const [index, column] of columns.entries()) {
      data[column] = (values[index] ?? null) as Value;
    }
    return { type, key: store.keyOf(type, data), data };
  });
}

/** The server's own work does not go on from a snapshot: whoever waits for it is told. */
function endJobs(store: Store): void {
  const table = store.tableOf('Job');
  for (const row of table.all()) {
    const { type, status } = row.data;
    if (type !== 'api_job' && (status === 'queued' || status === 'running')) {
      const description = 'The server was stopped before the job was done.';
      table.set(row, 'data', JSON.stringify({ ...jobData(row), description }));
      table.set(row, 'finished_at', nowStamp());
      table.set(row, 'status', 'failed');
    }
  }
}

/** Clients may have replaced it by any text. */
function jobData({ data }: Row): object {
  try {
    const told: unknown = JSON.parse(asText(data['data']));
    return isRecord(told) ? told : {};
  } catch {
    return {};
  }
}

function isSame(
  left: readonly { readonly id: string }[],
  right: readonly { readonly id: string }[],
): boolean {
  const ids = (types: readonly { readonly id: string }[]): string =>
    types
      .map(({ id }) => id)
      .toSorted()
      .join();
  return ids(left) === ids(right);
}

/**
 * Puts what a snapshot holds in the place of everything that is there. Nothing is told to clients.
 *
 * @throws SnapshotError when it does not fit the simulator's schema; then nothing has changed
 */
export function loadSnapshot(parts: SnapshotParts, snapshot: SnapshotDocument): void {
  const { store, eventLog, credentials, files } = parts;
  if (!isSame(parts.objectTypes, snapshot.objectTypes)) {
    throw new SnapshotError(
      'The snapshot has other object types than the running studio; start a simulator with --snapshot instead.',
    );
  }
  const known = new Set(store.families());
  const tables = Object.entries(snapshot.tables).map(([family, table]): [string, Row[]] => {
    if (!known.has(family)) {
      throw new SnapshotError(`The snapshot has a table ${family} that this simulator does not know.`);
    }
    return [family, rowsOf(table, store, family)];
  });
  for (const family of known) {
    store.tableOf(family).clear();
  }
  for (const [family, rows] of tables) {
    const table = store.tableOf(family);
    for (const row of rows) {
      table.insert(row);
    }
  }
  endJobs(store);
  eventLog.continueAfter(snapshot.lastEventId);
  credentials.load(snapshot.credentials);
  files.replaceAll(
    snapshot.files.map(({ id, base64, ...file }) => [id, { ...file, bytes: Buffer.from(base64, 'base64') }]),
  );
}
