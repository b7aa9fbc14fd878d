import type { Pair } from './identity';
import { pairById } from './identity';
import { derivedId, ftrackIdOf } from './ids';
import type { AyonEdit, AyonNode, FtrackEntity, Json, Kind, StoredValue } from './model';

/** What the planner wants to know next. Collected over a whole pass, so that one request per system answers all. */
export interface Needs {
  readonly contexts: Set<string>;
  /** Entities of which only the project is wanted. */
  readonly whereabouts: Set<string>;
  readonly assignments: Set<string>;
  /** ftrack ids whose AYON partners of that kind are to be looked up. */
  readonly partners: Readonly<Record<Kind, Set<string>>>;
  readonly siblings: Map<string, Siblings>;
  /** AYON folders of which everything below is wanted. */
  readonly subtrees: Set<string>;
  /** Nodes of which it must be known exactly what they set themselves. */
  readonly own: Map<string, AyonNode>;
  /** Nodes of which it must be known who changed what. */
  readonly edits: Map<string, AyonNode>;
}

export interface Siblings {
  readonly kind: Kind;
  /** null: the top of the project. */
  readonly parentId: string | null;
  /** undefined: all of them; tasks are always read all. */
  readonly name: string | undefined;
}

const noNeeds = (): Needs => ({
  contexts: new Set(),
  whereabouts: new Set(),
  assignments: new Set(),
  partners: { folder: new Set(), task: new Set() },
  siblings: new Map(),
  subtrees: new Set(),
  own: new Map(),
  edits: new Map(),
});

const siblingsKey = ({ kind, parentId, name }: Siblings): string =>
  `${kind}/${parentId ?? ''}/${kind === 'task' || name === undefined ? '*' : name}`;

/**
 * What is known of both systems at this moment. Each question either has an answer or is noted in `needs`, and answers
 * `undefined`; whoever asked is asked again after the next look. So planning stays pure, and reading knows what to fetch.
 */
export class View {
  needs: Needs = noNeeds();
  readonly #contexts = new Map<string, FtrackEntity | null>();
  readonly #assignments = new Map<string, string[]>();
  readonly #projects = new Map<string, string | null>();
  readonly #values = new Map<string, Json>();
  readonly #nodes = new Map<string, AyonNode>();
  readonly #byFtrackId = new Map<string, Map<string, AyonNode>>();
  readonly #byParent = new Map<string, Map<string, AyonNode>>();
  readonly #partners = new Set<string>();
  readonly #siblings = new Set<string>();
  readonly #subtrees = new Set<string>();
  readonly #own = new Map<string, ReadonlySet<string>>();
  readonly #edits = new Map<string, readonly AyonEdit[]>();

  get isComplete(): boolean {
    const { partners, ...others } = this.needs;
    return [...Object.values(others), ...Object.values(partners)].every(({ size }) => size === 0);
  }

  /** null: ftrack has no such entity, or does not show it. */
  context(id: string): FtrackEntity | null | undefined {
    return known(this.#contexts.get(id), () => this.needs.contexts.add(id));
  }

  /** The ftrack project of an entity; null: ftrack has no such entity, or does not show it. */
  projectOf(id: string): string | null | undefined {
    const context = this.#contexts.get(id);
    return context === undefined
      ? known(this.#projects.get(id), () => this.needs.whereabouts.add(id))
      : (context?.projectId ?? null);
  }

  /** ftrack user ids. */
  assignments(taskId: string): readonly string[] | undefined {
    return known(this.#assignments.get(taskId), () => this.needs.assignments.add(taskId));
  }

  /** A stored custom attribute value; undefined: never set. Rows come with the contexts. */
  stored(configurationId: string, entityId: string): Json | undefined {
    return this.#values.get(`${configurationId}/${entityId}`);
  }

  /** null: AYON has no partner. */
  partner(id: string, at: { readonly kind: Kind; readonly ayonId: unknown }): Pair | null | undefined {
    if (!this.#partners.has(`${at.kind}/${id}`)) {
      this.needs.partners[at.kind].add(id);
      return undefined;
    }
    const byId = [derivedId(id), String(at.ayonId)].flatMap(
      (each) => this.#nodes.get(`${at.kind}/${each}`) ?? [],
    );
    const claiming = [...(this.#byFtrackId.get(`${at.kind}/${id}`)?.values() ?? [])];
    return pairById({ ftrackId: id, ayonId: at.ayonId, nodes: new Set([...claiming, ...byId]) }) ?? null;
  }

  node(kind: Kind, id: string): AyonNode | undefined {
    return this.#nodes.get(`${kind}/${id}`);
  }

  /** Everything of AYON that was read. */
  nodes(): AyonNode[] {
    return [...this.#nodes.values()];
  }

  siblings(wanted: Siblings): AyonNode[] | undefined {
    const all = siblingsKey({ ...wanted, name: undefined });
    if (!this.#siblings.has(all) && !this.#siblings.has(siblingsKey(wanted))) {
      this.needs.siblings.set(siblingsKey(wanted), wanted);
      return undefined;
    }
    return [...(this.#byParent.get(`${wanted.kind}/${wanted.parentId ?? ''}`)?.values() ?? [])];
  }

  /** Everything below a folder, not the folder itself; parents before children. */
  below(folder: AyonNode): AyonNode[] | undefined {
    if (!this.#subtrees.has(folder.id)) {
      this.needs.subtrees.add(folder.id);
      return undefined;
    }
    const children = (['task', 'folder'] as const).flatMap((kind) => [
      ...(this.#byParent.get(`${kind}/${folder.id}`)?.values() ?? []),
    ]);
    return children.flatMap((child) => [child, ...(child.kind === 'folder' ? this.#loaded(child) : [])]);
  }

  #loaded(folder: AyonNode): AyonNode[] {
    this.#subtrees.add(folder.id);
    return this.below(folder) ?? [];
  }

  own(node: AyonNode): ReadonlySet<string> | undefined {
    return known(this.#own.get(node.id), () => this.needs.own.set(node.id, node));
  }

  /** What AYON's event log tells of a node, the newest first. */
  edits(node: AyonNode): readonly AyonEdit[] | undefined {
    return known(this.#edits.get(node.id), () => this.needs.edits.set(node.id, node));
  }

  /** Takes the answers to the needs and forgets the needs. */
  learn(found: Findings): void {
    const asked = this.needs;
    this.needs = noNeeds();
    asked.contexts.forEach((id) => this.#contexts.set(id, null));
    asked.assignments.forEach((id) => this.#assignments.set(id, []));
    asked.whereabouts.forEach((id) => this.#projects.set(id, null));
    found.whereabouts.forEach(({ id, projectId }) => this.#projects.set(id, projectId));
    found.contexts.forEach((context) => this.#contexts.set(context.id, context));
    found.assignments.forEach(({ taskId, userId }) => this.#assignments.get(taskId)?.push(userId));
    found.values.forEach((row) => this.#values.set(`${row.configurationId}/${row.entityId}`, row.value));
    found.nodes.forEach((node) => this.#add(node));
    asked.partners.folder.forEach((id) => this.#partners.add(`folder/${id}`));
    asked.partners.task.forEach((id) => this.#partners.add(`task/${id}`));
    [...asked.siblings.keys()].forEach((key) => this.#siblings.add(key));
    asked.subtrees.forEach((id) => this.#subtrees.add(id));
    asked.own.forEach((_, id) => this.#own.set(id, new Set(found.own.get(id) ?? [])));
    asked.edits.forEach((_, id) => this.#edits.set(id, found.edits.get(id) ?? []));
  }

  #add(node: AyonNode): void {
    this.#nodes.set(`${node.kind}/${node.id}`, node);
    put(this.#byParent, `${node.kind}/${node.parentId ?? ''}`, node);
    const owner = ftrackIdOf(node);
    if (owner !== undefined) {
      put(this.#byFtrackId, `${node.kind}/${owner}`, node);
    }
  }
}

export interface Findings {
  readonly contexts: readonly FtrackEntity[];
  readonly whereabouts: readonly { readonly id: string; readonly projectId: string }[];
  readonly assignments: readonly { readonly taskId: string; readonly userId: string }[];
  readonly values: readonly StoredValue[];
  readonly nodes: readonly AyonNode[];
  readonly own: ReadonlyMap<string, readonly string[]>;
  readonly edits: ReadonlyMap<string, readonly AyonEdit[]>;
}

function known<Value>(value: Value | undefined, note: () => unknown): Value | undefined {
  if (value === undefined) {
    note();
  }
  return value;
}

function put(index: Map<string, Map<string, AyonNode>>, key: string, node: AyonNode): void {
  const nodes = index.get(key) ?? new Map<string, AyonNode>();
  index.set(key, nodes.set(node.id, node));
}
