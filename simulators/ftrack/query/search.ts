import { validationError } from '../errors';
import { ownerOf } from '../store/ownership';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import { folded } from '../values';
import type { QueryResult } from './execute';
import { answer, newScope } from './execute';
import { parseQuery } from './parser';
import type { Predicate } from './predicate';

/** Attributes by which people know an entity; the names of what it belongs to come before them. */
const spokenNames = ['name', 'label', 'full_name', 'username', 'first_name', 'last_name'];

interface Search {
  readonly expression: string;
  readonly entityType: string;
  /** In the form in which texts compare. */
  readonly terms: readonly string[];
  readonly contextId: string | undefined;
  readonly objectTypeIds: ReadonlySet<unknown> | undefined;
}

type Sent = Readonly<Record<string, unknown>>;

function text(sent: Sent, name: string): string {
  const value = sent[name];
  if (typeof value !== 'string') {
    throw validationError(`A search needs ${JSON.stringify(name)}, a text.`);
  }
  return value;
}

function texts(sent: Sent, name: string): readonly string[] {
  const value = sent[name] ?? [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === 'string')) {
    throw validationError(`${JSON.stringify(name)} of a search must be a list of texts.`);
  }
  return list;
}

function readSearch(sent: Sent): Search {
  const contextId = sent['context_id'] ?? undefined;
  if (contextId !== undefined && typeof contextId !== 'string') {
    throw validationError('"context_id" of a search must be a text.');
  }
  const objectTypeIds = texts(sent, 'object_type_ids');
  return {
    expression: text(sent, 'expression'),
    entityType: text(sent, 'entity_type'),
    terms: texts(sent, 'terms')
      .map((term) => folded(term.trim()))
      .filter((term) => term !== ''),
    contextId: contextId === '' ? undefined : contextId,
    objectTypeIds: objectTypeIds.length === 0 ? undefined : new Set(objectTypeIds),
  };
}

/** What the entity belongs to, the outermost first, and itself. */
function pathOf(reader: Reader, row: Row): Row[] {
  const path = new Set<Row>();
  let current: Row | undefined = row;
  while (current && !path.has(current)) {
    path.add(current);
    current = ownerOf(reader.store, current);
  }
  const project = reader.store.context(reader.store.projectOf(row));
  return [...(project ? path.add(project) : path)].reverse();
}

function spoken(row: Row): string {
  const names = spokenNames.map((name) => row.data[name]).filter((value) => typeof value === 'string');
  return names.join(' ');
}

function found(reader: Reader, search: Search): Predicate {
  const types = reader.store.registry.subtypes(search.entityType);
  const { terms, contextId, objectTypeIds } = search;
  return (row) => {
    const isOfType = objectTypeIds?.has(row.data['object_type_id']) ?? true;
    if (!isOfType || !types.has(row.type)) {
      return false;
    }
    if (contextId === undefined && terms.length === 0) {
      return true;
    }
    const path = pathOf(reader, row);
    const whole = folded(path.map(spoken).join('/'));
    const isInside = contextId === undefined || path.some(({ key }) => key === contextId);
    return isInside && terms.every((term) => whole.includes(term));
  };
}

function checkType(reader: Reader, search: Search, queried: string): void {
  const { registry } = reader.store;
  const wanted = registry.get(search.entityType);
  if (!wanted.lineage.has(queried) && !registry.get(queried).lineage.has(wanted.id)) {
    throw validationError(
      `A search for entities of type ${wanted.id} needs an expression for them, not for ${queried}.`,
    );
  }
}

/**
 * The `search` operation: the query of `expression`, narrowed to entities of `entity_type` in whose path, name or
 * label every one of `terms` occurs, which are `context_id` or below it, and of one of `object_type_ids`. Case does
 * not count. What the server itself looks into is not public.
 *
 * @throws FtrackError also when the operation lacks something
 */
export function runSearch(reader: Reader, sent: Sent, strict: boolean): QueryResult {
  const search = readSearch(sent);
  const query = parseQuery(search.expression);
  checkType(reader, search, query.entityType);
  return answer(newScope(reader), query, { strict, also: found(reader, search) });
}
