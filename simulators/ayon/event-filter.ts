import type { StoredEvent } from './event-log';
import type { Json } from './json';
import { camelCase } from './json';
import type { KeyReader } from './query-filter';
import { valueAt } from './query-filter';

/** Columns of the table of events that a filter may name, in snake or camel case. */
const COLUMNS = new Set<string>([
  'id',
  'hash',
  'topic',
  'project',
  'user',
  'sender',
  'senderType',
  'status',
  'retries',
  'dependsOn',
  'description',
  'createdAt',
  'updatedAt',
]);

/** Only these may be looked into. */
const JSON_COLUMNS = new Set<string>(['summary', 'payload']);

/** What filters of events may ask: `topic`, `sender_type`, `summary/entityId`, `payload/newValue/0`. */
export const eventKeys: KeyReader<StoredEvent> = ([name = '', ...path]) => {
  const column = camelCase(
    name === 'project_name' || name === 'user_name' ? (name.split('_', 1)[0] ?? name) : name,
  );
  if (path.length === 0 && COLUMNS.has(column)) {
    return (event) => event[column as keyof StoredEvent] as Json;
  }
  if (path.length > 0 && JSON_COLUMNS.has(column)) {
    return (event) => valueAt(event[column as 'summary' | 'payload'], path);
  }
  return undefined;
};
