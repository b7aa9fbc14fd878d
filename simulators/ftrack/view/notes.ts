import type { Data } from '../values';
import { asText } from '../values';
import { personAt, quoted, textAt } from './answers';
import type { Viewer } from './viewer';

interface ShownNote {
  readonly id: string;
  readonly author: string | null;
  readonly date: string | null;
  readonly content: string;
  readonly replies: readonly ShownNote[];
}

const shownNotes = 200;

/** Notes on an entity, the newest first, each with its replies in the order in which they were written. */
export function notes({ hand, store }: Viewer, entityId: string): ShownNote[] {
  const rows = hand.query(
    `select id, content, date, in_reply_to_id, user_id from Note where parent_id is ${quoted(entityId)} order by date desc limit ${shownNotes}`,
  );
  const answers = (id: string | null): Data[] => rows.filter((row) => textAt(row, 'in_reply_to_id') === id);
  const shown = (row: Data): ShownNote => ({
    id: textAt(row, 'id') ?? '',
    author: personAt({ ...store.tableOf('Resource').get(asText(row['user_id']))?.data }, ''),
    date: textAt(row, 'date'),
    content: textAt(row, 'content') ?? '',
    replies: answers(textAt(row, 'id')).toReversed().map(shown),
  });
  return answers(null).map(shown);
}
