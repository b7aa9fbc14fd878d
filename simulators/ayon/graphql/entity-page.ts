import type { EntityKind, EntityRecord } from '../entity-kinds';
import type { ProjectRecord } from '../project';
import { InvalidFilter } from '../query-filter';
import { entityKeys } from './entity-keys';
import type { EntityArgs, FilterContext } from './filters';
import { candidateIds, testsOf } from './filters';
import type { NodeContext } from './nodes';
import { EntityNode } from './nodes';
import type { Connection } from './paging';
import { compareValues, firstAbove, pageOf, sortedPage } from './paging';

/** All entities of a kind, read by position, without copying the list. */
function allEntities(project: ProjectRecord, kind: EntityKind): EntitySource {
  const ids = project.entities.orderedIds(kind);
  const at = (index: number) => project.entities.get(kind, ids[index] ?? '') as EntityRecord;
  return { length: ids.length, at };
}

interface EntitySource {
  length: number;
  at: (index: number) => EntityRecord;
}

function* ascending(source: EntitySource, after: number): Generator<EntityRecord> {
  const orders = { length: source.length, at: (index: number) => source.at(index).order };
  for (let index = firstAbove(orders, after); index < source.length; index += 1) {
    yield source.at(index);
  }
}

function* descending(source: EntitySource, before: number): Generator<EntityRecord> {
  for (let index = source.length - 1; index >= 0; index -= 1) {
    const entity = source.at(index);
    if (entity.order < before) {
      yield entity;
    }
  }
}

/** In the order of a column or `attrib.x`; entities that are equal there stay in their order of insertion. */
function sortedBy(filter: FilterContext, items: EntityRecord[], key: string): EntityRecord[] {
  const read = entityKeys(filter)(key.split(/[/.]/));
  if (!read) {
    throw new InvalidFilter(`Invalid sortBy value: ${key}`);
  }
  const keyed = items.map((item) => ({ item, value: read(item) }));
  keyed.sort((a, b) => compareValues(a.value, b.value) || a.item.order - b.item.order);
  return keyed.map(({ item }) => item);
}

/**
 * A page of the entities of one kind.
 * @throws InvalidFilter
 */
export function entityPage(context: NodeContext, kind: EntityKind, args: EntityArgs): Connection<EntityNode> {
  const { project, inheritance } = context;
  const filter: FilterContext = { project, kind, inheritance };
  const ids = candidateIds(filter, args);
  const picked = ids && project.entities.pick(kind, ids);
  const source: EntitySource = picked
    ? { length: picked.length, at: (index) => picked[index] as EntityRecord }
    : allEntities(project, kind);
  const tests = testsOf(filter, args);
  const accepts = (entity: EntityRecord): boolean => tests.every((test) => test(entity));
  const order = (entity: EntityRecord): number => entity.order;
  const node = (entity: EntityRecord): EntityNode => new EntityNode(entity, context);
  if (args.sortBy) {
    const found = [...ascending(source, 0)].filter(accepts);
    return sortedPage(sortedBy(filter, found, args.sortBy), { order, node }, args);
  }
  const walks = {
    ascending: (after: number) => ascending(source, after),
    descending: (before: number) => descending(source, before),
  };
  return pageOf({ ...walks, accepts, order, node }, args);
}
