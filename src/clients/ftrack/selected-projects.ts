import type { Selected } from '../../contracts/actions';
import type { HubCredentials } from './hub/handshake';
import { plainQuery, quote } from './plain-query';

/** Entity types of which a project can be told, as ftrack's page names them, and their schemas. */
const SCHEMAS: ReadonlyMap<string, string> = new Map([
  ['task', 'TypedContext'],
  ['assetversion', 'AssetVersion'],
  ['list', 'List'],
  ['reviewsession', 'ReviewSession'],
]);
const PROJECT = 'show';

export const SELECTABLE: readonly string[] = [PROJECT, ...SCHEMAS.keys()];

/** A larger selection is judged by so many of each type. */
const MOST = 500;

/**
 * The projects of what somebody selected in ftrack, as far as our user may see them, each once.
 * @throws Error when ftrack did not answer the question.
 */
export async function selectedProjects(
  credentials: HubCredentials,
  selection: readonly Selected[],
  signal: AbortSignal,
): Promise<{ id: string; name: string }[]> {
  const answer = await plainQuery(credentials, expressions(selection), signal);
  if (answer === undefined) {
    throw new Error('ftrack answered otherwise than with rows.');
  }
  const found = new Map<string, string>();
  for (const { id, full_name } of answer.flat()) {
    if (typeof id === 'string') {
      found.set(id, typeof full_name === 'string' ? full_name : id);
    }
  }
  return [...found].map(([id, name]) => ({ id, name }));
}

function expressions(selection: readonly Selected[]): string[] {
  return SELECTABLE.flatMap((type) => {
    const ids = selection.filter(({ entityType }) => entityType === type).map(({ entityId }) => entityId);
    const list = ids.slice(0, MOST).map(quote).join(', ');
    const schema = SCHEMAS.get(type);
    const inner = schema === undefined ? list : `select project_id from ${schema} where id in (${list})`;
    return ids.length === 0 ? [] : [`select id, full_name from Project where id in (${inner})`];
  });
}
