import type { Data, Draft } from './draft';
import { siblingNamed } from './identity';
import { ftrackIdOf } from './ids';
import type { AyonNode, FtrackEntity } from './model';
import { namingOf, sameName } from './names';
import { inTheWay, nameProblem } from './targets';

export const nameIn = (data: Data, node: AyonNode): string =>
  typeof data['name'] === 'string' ? data['name'] : node.name;

const STRUCTURE = ['name', 'label', 'parentId', 'folderType'];

/** What can meet a sibling's name: a node that becomes active again takes its name back too. */
const PLACED = ['name', 'parentId', 'folderId', 'active'];

/** The data without what cannot be done: an empty or taken name, a change that AYON refused for its versions. */
export function permitted(
  draft: Draft,
  { entity, node, data }: { entity: FtrackEntity; node: AyonNode; data: Data },
): Data | undefined {
  const { memory } = draft;
  if (memory.immutable.has(entity.id)) {
    return without(data, STRUCTURE);
  }
  if ('name' in data) {
    const problem = nameProblem(entity);
    if (problem !== undefined) {
      memory.failed.set(entity.id, problem);
      return without(data, STRUCTURE);
    }
  }
  return memory.clashed.has(entity.id) && PLACED.some((key) => key in data)
    ? unclashed(draft, { entity, node, data })
    : data;
}

/** AYON said that the name is taken: by whom, and is that one right to have it? */
function unclashed(
  draft: Draft,
  { entity, node, data }: { entity: FtrackEntity; node: AyonNode; data: Data },
): Data | undefined {
  const parentId = data['parentId'] ?? data['folderId'] ?? node.parentId;
  const siblings = draft.view.siblings({
    kind: node.kind,
    parentId: typeof parentId === 'string' ? parentId : null,
    name: undefined,
  });
  if (siblings === undefined) {
    return undefined;
  }
  const others = siblings.filter(({ id }) => id !== node.id);
  const { taken, free } = siblingNamed(others, nameIn(data, node), () => false);
  const other = taken ?? free;
  if (other === undefined) {
    return data;
  }
  const problem = inTheWay(draft, entity, other);
  if (problem !== undefined) {
    draft.memory.failed.set(entity.id, problem);
    return without(data, [...STRUCTURE, 'folderId', 'active']);
  }
  return stepsAside(draft, { entity, node, others })
    ? { ...data, name: nameAside(node, entity), label: null }
    : undefined;
}

/** What a node is called for a moment, until the name that it shall have is free. */
export const nameAside = (node: AyonNode, entity: FtrackEntity): string =>
  `${namingOf(entity.name).name}_${node.id.slice(0, 8)}`;

/** Of those that pass their names round in a ring, one takes another for a moment; later rounds give each its own. */
function stepsAside(
  { view }: Draft,
  { entity, node, others }: { entity: FtrackEntity; node: AyonNode; others: readonly AyonNode[] },
): boolean {
  const ring = new Set<FtrackEntity>();
  for (let at: FtrackEntity | null | undefined = entity; at && !ring.has(at); ) {
    ring.add(at);
    const { name } = namingOf(at.name);
    if (ring.size > 1 && sameName(name, node.name)) {
      return [...ring].every(({ id }) => entity.id <= id);
    }
    const { taken } = siblingNamed(others, name, () => false);
    const owner = taken === undefined ? undefined : ftrackIdOf(taken);
    at = owner === undefined ? undefined : view.context(owner);
  }
  return false;
}

const without = (data: Data, names: readonly string[]): Data =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));
