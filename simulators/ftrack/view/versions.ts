import { asText } from '../values';
import { labelAt, personAt, quoted, textAt } from './answers';
import type { Viewer } from './viewer';

const shownVersions = 50;

/** Versions of the assets of a context and those made in it as a task; the newest first. */
export function versions({ hand }: Viewer, contextId: string): object[] {
  const id = quoted(contextId);
  const rows = hand.query(
    `select id, version, comment, date, asset.name, asset.type.name, task.name, status.id, status.name, status.color, user.first_name, user.last_name, user.username, thumbnail_id, thumbnail_url from AssetVersion where asset.context_id is ${id} or task_id is ${id} order by date desc, version desc limit ${shownVersions}`,
  );
  return rows.map((row) => ({
    id: row['id'],
    name: `${textAt(row, 'asset.name') ?? ''} v${asText(row['version'])}`,
    type: textAt(row, 'asset.type.name'),
    task: textAt(row, 'task.name'),
    comment: textAt(row, 'comment') ?? '',
    date: textAt(row, 'date'),
    user: personAt(row, 'user'),
    status: labelAt(row, 'status'),
    thumbnail: row['thumbnail_id'] === null ? null : textAt(row, 'thumbnail_url'),
  }));
}
