import type { Data, Draft, Problem } from './draft';
import { pathOf } from './draft';
import type { Pair } from './identity';
import { siblingNamed } from './identity';
import { derivedId, ftrackIdOf, isAyonId } from './ids';
import type { AyonNode, FtrackEntity, Kind } from './model';
import { namingOf, sameName } from './names';
import type { EntityScope } from './scope';
import { creation } from './settle';

/** Where an ftrack entity lives in AYON, or will live when the plan is done. */
export type Target =
  /** More must be read before this can be said. */
  | { readonly at: 'pending' }
  /** The project: AYON's top folders have no parent. */
  | { readonly at: 'project' }
  /** A partner; `linked` when it was only now recognised and must be told so. */
  | { readonly at: 'node'; readonly entity: FtrackEntity; readonly node: AyonNode; readonly linked: boolean }
  | {
      readonly at: 'created';
      readonly entity: FtrackEntity;
      readonly id: string;
      readonly kind: Kind;
      readonly path: string;
    }
  /** ftrack lacks it. */
  | { readonly at: 'gone' }
  /** It belongs to another project now. */
  | { readonly at: 'elsewhere'; readonly entity: FtrackEntity }
  /** Of a type that AYON has nothing for. */
  | { readonly at: 'skipped'; readonly entity: FtrackEntity }
  | { readonly at: 'failed'; readonly problem: Problem };

const PENDING: Target = { at: 'pending' };

/** ftrack's own type, which every workspace has. */
const TASK_TYPE = '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c';
const MILESTONE_TYPE = '01decdd1-51cb-11e3-9d5b-20c9d0831e59';

/** undefined: nothing in AYON. */
export function kindOf(draft: Draft, entity: FtrackEntity): Kind | undefined {
  const name = draft.facts.ftrack.objectTypes.get(entity.objectTypeId)?.name.toLowerCase();
  if (entity.objectTypeId === MILESTONE_TYPE || name === 'milestone') {
    return undefined;
  }
  return entity.objectTypeId === TASK_TYPE || name === 'task' ? 'task' : 'folder';
}

/** The AYON id under which the plan knows the parent; undefined for a task's missing folder. */
export const folderIdOf = (target: Target): string | null | undefined =>
  target.at === 'project'
    ? null
    : target.at === 'created' && target.kind === 'folder'
      ? target.id
      : target.at === 'node' && target.node.kind === 'folder'
        ? target.node.id
        : undefined;

export const folderPathOf = (target: Target): string =>
  target.at === 'created' ? target.path : target.at === 'node' ? target.node.path : '';

/**
 * Resolves ftrack entities to AYON, once each per plan. Missing ones are planned as creations, parents first, so that a
 * batch can be applied from top to bottom.
 */
export class Targets {
  readonly #draft: Draft;
  readonly #known = new Map<string, Target>();
  /** Names given in this plan: two new siblings must not get one name. */
  readonly #names = new Map<string, FtrackEntity>();
  readonly #resolving = new Set<string>();
  /** Nodes that point to nobody and which entity of this plan gets them: two must not take one. */
  readonly #claims = new Map<string, string>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** @param likelyNew whether the event calls it new: then its siblings-to-be are read along. */
  of(id: string, likelyNew = false): Target {
    const known = this.#known.get(id);
    if (known !== undefined) {
      return known;
    }
    if (id === this.#draft.facts.projectId) {
      return { at: 'project' };
    }
    const problem = this.#draft.memory.failed.get(id);
    // A value that cannot be brought over keeps no entity out of AYON.
    if (problem !== undefined && problem.code !== 'value-invalid' && !this.#hasPartner(id)) {
      return { at: 'failed', problem };
    }
    // A parent chain that leads back to itself cannot happen in ftrack; it must not hang us if it does.
    if (this.#resolving.has(id)) {
      return PENDING;
    }
    this.#resolving.add(id);
    const target = this.#resolve(id, likelyNew);
    this.#resolving.delete(id);
    if (target.at !== 'pending') {
      this.#known.set(id, target);
    }
    return target;
  }

  /** A failed rename leaves an entity that children can still live under. */
  #hasPartner(id: string): boolean {
    const entity = this.#draft.view.context(id);
    const kind = entity ? kindOf(this.#draft, entity) : undefined;
    return kind !== undefined && Boolean(this.#draft.view.partner(id, { kind, ayonId: this.#ayonId(id) }));
  }

  #ayonId(id: string): unknown {
    return this.#draft.view.stored(this.#draft.facts.marks.ayonId.id, id);
  }

  #resolve(id: string, likelyNew: boolean): Target {
    const { view, facts } = this.#draft;
    const entity = view.context(id);
    if (entity === undefined) {
      return PENDING;
    }
    if (entity === null) {
      return { at: 'gone' };
    }
    const kind = kindOf(this.#draft, entity);
    if (kind === undefined) {
      return { at: 'skipped', entity };
    }
    const elsewhere = entity.projectId !== facts.projectId;
    const pair = view.partner(id, { kind, ayonId: this.#ayonId(id) });
    if (pair === undefined && likelyNew && !elsewhere) {
      this.#expectSiblings(entity, kind);
    }
    if (elsewhere) {
      return { at: 'elsewhere', entity };
    }
    if (pair === undefined) {
      return PENDING;
    }
    return (pair && this.#paired(entity, pair)) ?? this.#place(entity, kind);
  }

  /** undefined: the node is another entity's in this plan. */
  #paired(entity: FtrackEntity, { node, twins }: Pair): Target | undefined {
    const linked = ftrackIdOf(node) === undefined;
    if (linked && !this.#claim(node, entity.id)) {
      return undefined;
    }
    const [twin] = twins;
    if (twin !== undefined) {
      this.#draft.notes.add(`${node.path} and ${twin.path} both claim one ftrack entity; remove one in AYON`);
    }
    return { at: 'node', entity, node, linked };
  }

  #claim(node: AyonNode, id: string): boolean {
    const holder = this.#claims.get(node.id) ?? id;
    this.#claims.set(node.id, holder);
    return holder === id;
  }

  /** The whole chain above is asked for at once, not one level per look. */
  #expectAncestors({ link }: FtrackEntity): void {
    const { view } = this.#draft;
    for (const { id } of link.slice(1, -1)) {
      const ancestor = view.context(id);
      const kind = ancestor ? kindOf(this.#draft, ancestor) : undefined;
      if (kind !== undefined) {
        view.partner(id, { kind, ayonId: this.#ayonId(id) });
      }
    }
  }

  /** Asks for the parent, and for the siblings under its likely AYON ids, to save a look when the guess is right. */
  #expectSiblings(entity: FtrackEntity, kind: Kind): void {
    this.of(entity.parentId);
    const { name } = namingOf(entity.name);
    const guesses =
      entity.parentId === this.#draft.facts.projectId
        ? [null]
        : [derivedId(entity.parentId), this.#ayonId(entity.parentId)].filter((id) => isAyonId(id));
    for (const parentId of new Set(kind === 'task' ? guesses.filter((id) => id !== null) : guesses)) {
      this.#draft.view.siblings({ kind, parentId, name });
    }
  }

  /** Finds a place for an entity that AYON does not know by id: an adoptable sibling, or a new one. */
  #place(entity: FtrackEntity, kind: Kind): Target {
    const parent = this.of(entity.parentId, false);
    const path = pathOf(entity.link);
    if (parent.at === 'pending') {
      this.#expectAncestors(entity);
      return PENDING;
    }
    const parentId = folderIdOf(parent);
    if (parentId === undefined) {
      return this.#fail(entity, {
        code: 'blocked-by',
        sentence: `${path} waits for its parent, which is not in AYON${parent.at === 'failed' ? `: ${parent.problem.sentence}` : ''}`,
        blockedBy: entity.parentId,
      });
    }
    if (kind === 'task' && parentId === null) {
      return this.#fail(entity, {
        code: 'ayon-rejected',
        sentence: `Task ${path} lies directly under its project, where AYON has no tasks; move it into a folder in ftrack`,
      });
    }
    const problem = nameProblem(entity) ?? this.#taken(entity, { kind, parentId });
    if (problem !== undefined) {
      return this.#fail(entity, problem);
    }
    if (parent.at === 'created') {
      return this.#create(entity, kind, parent);
    }
    return this.#adoptOrCreate(entity, { kind, parentId, parent });
  }

  #adoptOrCreate(
    entity: FtrackEntity,
    { kind, parentId, parent }: { kind: Kind; parentId: string | null; parent: Target },
  ): Target {
    const { view, memory } = this.#draft;
    const { name } = namingOf(entity.name);
    const all = memory.clashed.has(entity.id);
    const siblings = view.siblings({ kind, parentId, name: all ? undefined : name });
    if (siblings === undefined) {
      return PENDING;
    }
    const owners = siblings.flatMap((node) => (sameName(node.name, name) ? (ftrackIdOf(node) ?? []) : []));
    if (owners.map((id) => view.context(id)).includes(undefined)) {
      return PENDING;
    }
    const { free, taken } = siblingNamed(siblings, name, (id) => view.context(id) === null);
    if (free !== undefined) {
      // Claimed by its id for another entity, which gives it another name first.
      return !this.#claim(free, entity.id) ? PENDING : { at: 'node', entity, node: free, linked: true };
    }
    return taken === undefined ? this.#create(entity, kind, parent) : this.#inTheWay(entity, taken);
  }

  /** A sibling that ftrack calls otherwise by now is brought up to date first; one that is right to have the name stays. */
  #inTheWay(entity: FtrackEntity, taken: AyonNode): Target {
    const problem = inTheWay(this.#draft, entity, taken);
    return problem === undefined ? PENDING : this.#fail(entity, problem);
  }

  #taken(
    entity: FtrackEntity,
    { kind, parentId }: { kind: Kind; parentId: string | null },
  ): Problem | undefined {
    const key = `${kind}/${parentId ?? ''}/${namingOf(entity.name).name.toLowerCase()}`;
    const other = this.#names.get(key);
    if (other !== undefined && other.id !== entity.id) {
      return nameTaken(entity, other.name);
    }
    this.#names.set(key, entity);
    return undefined;
  }

  #create(entity: FtrackEntity, kind: Kind, parent: Target): Target {
    const draft = this.#draft;
    const data = creation(draft, { entity, kind });
    if (data === undefined) {
      return PENDING;
    }
    const id = this.#newId(entity, kind);
    const folder: Data = { [kind === 'folder' ? 'parentId' : 'folderId']: folderIdOf(parent) ?? null };
    const path = `${folderPathOf(parent)}/${namingOf(entity.name).name}`;
    draft.operations.push({
      type: 'create',
      entityType: kind,
      entityId: id,
      data: { ...data, ...folder },
      path: pathOf(entity.link),
      ftrackId: entity.id,
      line: `${pathOf(entity.link)}: created`,
    });
    return { at: 'created', entity, id, kind, path };
  }

  #newId(entity: FtrackEntity, kind: Kind): string {
    const { view, memory, notes, newId } = this.#draft;
    const derived = derivedId(entity.id);
    const holder = view.node(kind, derived);
    if (holder === undefined && !memory.randomIds.has(entity.id)) {
      return derived;
    }
    const id = memory.randomIds.get(entity.id) ?? newId();
    memory.randomIds.set(entity.id, id);
    notes.add(
      `${pathOf(entity.link)} got the AYON id ${id}, its own is taken${holder ? ` by ${holder.path}` : ''}`,
    );
    return id;
  }

  #fail(entity: FtrackEntity, problem: Problem): Target {
    this.#draft.memory.failed.set(entity.id, problem);
    return { at: 'failed', problem };
  }
}

/**
 * What to do about an AYON sibling that has the name which an entity needs: when ftrack calls or places its owner
 * otherwise by now (or has none), the owner is noted as due itself and nothing is wrong; else the name is taken.
 * @returns undefined also while the owner is not known yet.
 */
export function inTheWay(draft: Draft, entity: FtrackEntity, taken: AyonNode): Problem | undefined {
  const ownerId = ftrackIdOf(taken);
  const owner = ownerId === undefined ? undefined : draft.view.context(ownerId);
  if (ownerId !== undefined && owner === undefined) {
    return undefined;
  }
  if (ownerId !== undefined && owner === null) {
    draft.memory.extra.set(ownerId, { ...dueForName(ownerId), removed: true });
    return undefined;
  }
  const isDue =
    owner && (!sameName(namingOf(owner.name).name, taken.name) || owner.parentId !== entity.parentId);
  if (isDue) {
    draft.memory.extra.set(owner.id, dueForName(owner.id));
    return undefined;
  }
  return nameTaken(entity, owner ? owner.name : taken.name);
}

/** The entity's name and place are looked at again; nothing else of it. */
export const dueForName = (id: string): EntityScope => ({
  id,
  removed: false,
  added: false,
  whole: false,
  fields: new Set(['name', 'parent']),
  keys: new Set(),
  words: ['name', 'parent_id'],
  above: [],
});

export function nameProblem(entity: FtrackEntity): Problem | undefined {
  return namingOf(entity.name).name === ''
    ? {
        code: 'name-empty',
        sentence: `"${entity.name}" (${pathOf(entity.link)}) leaves no name for AYON, which allows A-Z a-z 0-9 _ . - only; rename it in ftrack`,
      }
    : undefined;
}

export const nameTaken = (entity: FtrackEntity, other: string): Problem => ({
  code: 'name-taken',
  sentence: `"${entity.name}" (${pathOf(entity.link)}) would have the name of its sibling "${other}" in AYON, where names differ by more than case; rename one of the two in ftrack`,
});
