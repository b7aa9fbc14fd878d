import type { Data, Draft, Problem } from './draft';
import { pathOf } from './draft';
import { keptParts } from './kept';
import type { AyonNode, FtrackEntity } from './model';
import { renaming } from './names';
import { nameAside, nameIn, permitted } from './permitted';
import { answer } from './project-change';
import { planRemoval } from './removal';
import type { EntityScope } from './scope';
import { reaches } from './scope';
import type { Change, Subject } from './settle';
import { convertsAll, difference } from './settle';
import { dueForName, folderIdOf, folderPathOf, kindOf, Targets } from './targets';

/**
 * Plans what AYON needs so that the scoped part of each entity is as ftrack has it. Pure: what is not known yet is
 * noted in the view's needs, and the plan is made anew once it is.
 * @returns ids of entities that could not be decided yet, for want of knowledge or because another must go first.
 */
export function planEntities(draft: Draft, scopes: Iterable<EntityScope>): string[] {
  const targets = new Targets(draft);
  const { extra } = draft.memory;
  const own = [...scopes].map((scope) => withDue(scope, extra.get(scope.id)));
  const ids = new Set(own.map(({ id }) => id));
  const others = [...extra.values()].filter(({ id }) => !ids.has(id));
  return [...others, ...own].filter((scope) => !planned(draft, targets, scope)).map(({ id }) => id);
}

/** What stands in the way of others has its name and place looked at, whatever else the event says of it. */
const withDue = (scope: EntityScope, due: EntityScope | undefined): EntityScope =>
  due === undefined
    ? scope
    : {
        ...scope,
        removed: scope.removed || due.removed,
        fields: new Set([...scope.fields, ...due.fields]),
        words: [...new Set([...scope.words, ...due.words])],
      };

function planned(draft: Draft, targets: Targets, scope: EntityScope): boolean {
  prefetch(draft, scope);
  const target = targets.of(scope.id, scope.whole);
  switch (target.at) {
    case 'pending':
      prefetchParent(draft, targets, scope);
      return false;
    case 'gone':
      return planGone(draft, scope, undefined);
    case 'elsewhere':
      return planGone(draft, scope, target.entity);
    case 'skipped':
      draft.notes.add(`${pathOf(target.entity.link)} has a type that AYON does not have`);
      return true;
    case 'created':
      draft.answers.set(scope.id, 'whole');
      draft.settled.set(scope.id, {
        ftrackId: scope.id,
        kind: target.kind,
        ayonId: target.id,
        path: target.kind === 'folder' ? target.path : '',
        isLink: true,
        isWhole: true,
      });
      return true;
    case 'node':
      return planNode(draft, targets, { scope, ...target });
    case 'project':
    case 'failed':
      return true;
  }
}

/** Asks at once for what will surely be needed, so that one request per system is enough in the usual case. */
function prefetch({ view }: Draft, scope: EntityScope): void {
  view.context(scope.id);
  if (scope.whole || scope.fields.has('parent')) {
    scope.above.forEach((id) => view.context(id));
  }
  if (scope.whole || scope.fields.has('assignees')) {
    view.assignments(scope.id);
  }
}

/** A moved entity's new parent is looked up along with the entity itself, for one request less. */
function prefetchParent({ view }: Draft, targets: Targets, scope: EntityScope): void {
  const entity = scope.fields.has('parent') ? view.context(scope.id) : undefined;
  if (entity) {
    targets.of(entity.parentId);
  }
}

/** ftrack has it no more, or in another project. Only an event that says so takes it out of AYON. */
function planGone(draft: Draft, scope: EntityScope, movedTo: FtrackEntity | undefined): boolean {
  if (!scope.removed && movedTo === undefined && !scope.whole) {
    draft.notes.add(`ftrack no longer has ${scope.id}; its removal is a change of its own`);
    return true;
  }
  const kinds = movedTo === undefined ? (['folder', 'task'] as const) : [kindOf(draft, movedTo) ?? 'folder'];
  const pairs = kinds.map((kind) => draft.view.partner(scope.id, { kind, ayonId: undefined }));
  if (pairs.includes(undefined)) {
    return false;
  }
  draft.answers.set(scope.id, 'whole');
  const pair = pairs.find((each) => each !== null);
  const reason =
    movedTo === undefined ? 'removed, deactivated in AYON' : 'moved to another project, deactivated here';
  return pair ? planRemoval(draft, pair.node, reason) : true;
}

interface Found {
  readonly scope: EntityScope;
  readonly entity: FtrackEntity;
  readonly node: AyonNode;
  readonly linked: boolean;
}

function planNode(draft: Draft, targets: Targets, found: Found): boolean {
  const { entity, node } = found;
  const isAside = isPlacing(found.scope) && node.name === nameAside(node, entity);
  const own = isAside ? withDue(found.scope, dueForName(entity.id)) : found.scope;
  const scope = found.linked ? { ...own, whole: true } : own;
  const isPlaced = isPlacing(scope);
  const place = isPlaced ? placement(draft, targets, { entity, node }) : NOWHERE_ELSE;
  const subject = { entity, kind: node.kind };
  const change = difference(draft, subject, { node, scope, linked: found.linked || isPlaced });
  if (place === undefined || change === undefined) {
    return false;
  }
  const isRevived = !node.active && reaches(scope, 'parent', 'active');
  const data = { ...place.data, ...change.data, ...(isRevived ? { active: true } : {}) };
  const kept = keptParts(draft, { ...found, scope, data });
  if (kept === undefined) {
    return false;
  }
  const words = [...place.words, ...change.words];
  return kept.size > 0
    ? planNode(draft, targets, { ...found, scope: { ...scope, kept } })
    : carryOut(draft, targets, { found: { ...found, scope }, place, change: { data, words } });
}

interface Wanted {
  readonly found: Found;
  readonly place: { readonly path: string | undefined };
  readonly change: Change;
}

function carryOut(draft: Draft, targets: Targets, { found, place, change }: Wanted): boolean {
  const { entity, node, scope } = found;
  const data = permitted(draft, { entity, node, data: change.data });
  const isThere = data && isInPlace(draft, targets, { entity, node, data });
  if (data === undefined || isThere === undefined) {
    return false;
  }
  planUpdate(draft, found, { data, words: change.words });
  answer(draft, { ...scope, whole: scope.whole && scope.kept === undefined });
  settle(draft, found, { place, data, isThere });
  return data['name'] !== nameAside(node, entity);
}

interface Outcome {
  readonly place: { readonly path: string | undefined };
  readonly data: Data;
  readonly isThere: boolean;
}

function settle(draft: Draft, found: Found, { place, data, isThere }: Outcome): void {
  const { entity, node, scope } = found;
  const isMoved = isPlacing(scope) || 'name' in data;
  const subject = { entity, kind: node.kind };
  draft.settled.set(entity.id, {
    ftrackId: entity.id,
    kind: node.kind,
    ayonId: node.id,
    path: isMoved ? markedPath(node, place.path, data) : undefined,
    isLink: found.linked,
    isWhole: scope.kept === undefined && isThere && isWhole(draft, subject, { node, data }),
  });
}

const isPlacing = (scope: EntityScope): boolean => reaches(scope, 'parent');

/**
 * Whether the entity is below its parent then. Asked of a flagged one only, for the flag may tell of a move that an
 * edit of something else does not make up for; undefined: not known yet.
 */
function isInPlace(
  draft: Draft,
  targets: Targets,
  { entity, node, data }: Pick<Found, 'entity' | 'node'> & { readonly data: Data },
): boolean | undefined {
  if (draft.view.stored(draft.facts.marks.syncFailed.id, entity.id) !== true) {
    return true;
  }
  const parent = targets.of(entity.parentId);
  const key = node.kind === 'folder' ? 'parentId' : 'folderId';
  const below = key in data ? data[key] : node.parentId;
  return parent.at === 'pending' ? undefined : folderIdOf(parent) === below;
}

/** Whether the name is as ftrack has it and every mapped value can be brought over. */
function isWhole(draft: Draft, subject: Subject, { node, data }: { node: AyonNode; data: Data }): boolean {
  const after = { name: node.name, label: node.label, ...data };
  return renaming(after, subject.entity.name) === undefined && convertsAll(draft, subject);
}

const NOWHERE_ELSE = { data: {}, words: [], path: undefined };

function planUpdate(draft: Draft, found: Found, { data, words }: Change): void {
  const { entity, node, linked } = found;
  if (Object.keys(data).length === 0) {
    return;
  }
  draft.operations.push({
    type: 'update',
    entityType: node.kind,
    entityId: node.id,
    data,
    path: pathOf(entity.link),
    ftrackId: entity.id,
    line: `${pathOf(entity.link)}: ${words.join(', ') || (linked ? 'paired' : 'updated')}`,
  });
}

/** What `ayon_path` shall say: tasks have none. */
const markedPath = (node: AyonNode, parentPath: string | undefined, data: Data): string =>
  node.kind === 'task'
    ? ''
    : `${'parentId' in data && parentPath !== undefined ? parentPath : node.path.slice(0, node.path.lastIndexOf('/'))}/${nameIn(data, node)}`;

/** Where the node belongs; undefined: not known yet. */
function placement(
  draft: Draft,
  targets: Targets,
  { entity, node }: { entity: FtrackEntity; node: AyonNode },
): (Change & { readonly path: string | undefined }) | undefined {
  const parent = targets.of(entity.parentId);
  if (parent.at === 'pending') {
    return undefined;
  }
  const parentId = folderIdOf(parent);
  if (parentId === undefined || (node.kind === 'task' && parentId === null)) {
    draft.memory.failed.set(entity.id, misplaced(entity, parentId));
    return { data: {}, words: [], path: undefined };
  }
  const path = folderPathOf(parent);
  return parentId === node.parentId
    ? { data: {}, words: [], path }
    : {
        data: { [node.kind === 'folder' ? 'parentId' : 'folderId']: parentId },
        words: [`moved to ${path || 'the top'}`],
        path,
      };
}

const misplaced = (entity: FtrackEntity, parentId: string | null | undefined): Problem =>
  parentId === null
    ? {
        code: 'ayon-rejected',
        sentence: `Task ${pathOf(entity.link)} lies directly under its project, where AYON has no tasks; move it into a folder in ftrack`,
      }
    : {
        code: 'blocked-by',
        sentence: `${pathOf(entity.link)} waits for its parent, which is not in AYON`,
        blockedBy: entity.parentId,
      };
