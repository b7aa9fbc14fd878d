import { randomUUID } from 'node:crypto';
import type { Draft, Memory } from '../../domain/draft';
import { derivedId, isAyonId } from '../../domain/ids';
import type { AyonEdit, FtrackProject } from '../../domain/model';
import { planEntities } from '../../domain/plan';
import type { ProjectChange } from '../../domain/project-change';
import { projectChange } from '../../domain/project-change';
import type { EntityScope, EventScope } from '../../domain/scope';
import { assigned, joined } from '../../domain/scope';
import type { Needs } from '../../domain/view';
import { View } from '../../domain/view';
import { failure } from '../../errors';
import type { SyncDeps } from './deps';
import type { Paired, Pairing } from './facts';

/** One look at both systems and what follows from it. */
export type Look =
  | { readonly skip: string }
  | {
      readonly draft: Draft;
      readonly facts: Paired;
      readonly project: ProjectChange;
      /** Entities that have to wait for another one of this plan. */
      readonly waiting: readonly string[];
    };

export interface Task {
  readonly deps: SyncDeps;
  readonly projectId: string;
  readonly scope: EventScope;
  readonly memory: Memory;
}

/** A plan is complete after two looks, with missing parents and removals after four; more means a mistake. */
const MAX_PASSES = 12;

/** Looks at both systems until the plan for the scoped entities is complete. Reads only. */
export async function look(task: Task, signal: AbortSignal): Promise<Look> {
  const looker = new Looker(task, signal);
  return looker.run();
}

class Looker {
  readonly #task: Task;
  readonly #signal: AbortSignal;
  readonly #view = new View();
  readonly #scopes: Map<string, EntityScope>;
  readonly #renewed = new Set<'site' | 'project' | 'pairing'>();
  #project: FtrackProject | undefined;
  #asked = false;

  constructor(task: Task, signal: AbortSignal) {
    this.#task = task;
    this.#signal = signal;
    this.#scopes = new Map(task.scope.contexts);
  }

  async run(): Promise<Look> {
    const { deps, projectId, memory } = this.#task;
    let pairing = await this.#firstPairing();
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      if ('skip' in pairing) {
        return pairing;
      }
      const { facts } = pairing;
      const inTheWay = memory.extra.size;
      const draft = this.#newDraft(facts);
      const waiting = planEntities(draft, this.#scopes.values());
      if (!this.#asked || !this.#view.isComplete) {
        const other = await this.#fetch(facts);
        pairing = other ?? (this.#isRenamed(facts) ? await deps.facts.refreshPairing(projectId) : pairing);
        continue;
      }
      const fresh = await this.#refreshed(draft);
      if (fresh === undefined && inTheWay === memory.extra.size && this.#project !== undefined) {
        return {
          draft,
          facts,
          waiting,
          project: projectChange(draft, this.#project, this.#task.scope.project),
        };
      }
      pairing = fresh ?? pairing;
    }
    throw failure(
      'unexpected',
      `The plan for project ${projectId} does not come to an end; report this with the event`,
    );
  }

  /** A project's own event is compared with the project as it is now. */
  async #firstPairing(): Promise<Pairing> {
    const { deps, projectId, scope } = this.#task;
    const pairing = await deps.facts.of(projectId);
    return scope.project === undefined || 'skip' in pairing ? pairing : deps.facts.refreshProject(projectId);
  }

  /** Refreshes cached facts that the plan shows to be too old, each once; undefined: they are fine. */
  async #refreshed(draft: Draft): Promise<Pairing | undefined> {
    const { facts } = this.#task.deps;
    const stale = this.#staleness(draft);
    if (stale === undefined) {
      return undefined;
    }
    this.#renewed.add(stale);
    return stale === 'site'
      ? facts.refreshSite(this.#task.projectId, !draft.stale.has('definitions'))
      : facts.refreshProject(this.#task.projectId);
  }

  #newDraft(facts: Paired): Draft {
    return {
      view: this.#view,
      facts,
      memory: this.#task.memory,
      operations: [],
      settled: new Map(),
      leaving: new Set(),
      answers: new Map(),
      notes: new Set(),
      missingStatuses: new Map(),
      missingTypes: { folder: new Set(), task: new Set() },
      stale: new Set(),
      newId: () => randomUUID().replaceAll('-', ''),
    };
  }

  #staleness(draft: Draft): 'site' | 'project' | undefined {
    if (draft.stale.size > 0 && !this.#renewed.has('site')) {
      return 'site';
    }
    const { missingStatuses, missingTypes } = draft;
    const lacks = missingStatuses.size + missingTypes.folder.size + missingTypes.task.size > 0;
    return lacks && !this.#renewed.has('project') ? 'project' : undefined;
  }

  /** A pair found by name ends when ftrack's project is called otherwise. */
  #isRenamed(facts: Paired): boolean {
    return (
      facts.pairedByName !== undefined &&
      this.#project !== undefined &&
      this.#project.fullName !== facts.pairedByName
    );
  }

  /**
   * Answers the view's needs: at most one request to ftrack and one to AYON.
   * @returns another pairing when the one that was asked with does not hold.
   */
  async #fetch(facts: Paired): Promise<Pairing | undefined> {
    const { needs } = this.#view;
    const [ftrack, nodes, own, edits] = await Promise.all([
      this.#fetchFtrack(needs, facts),
      this.#fetchNodes(needs, facts),
      needs.own.size === 0
        ? new Map<string, readonly string[]>()
        : this.#task.deps.ayon.ownAttributes(facts.project.name, [...needs.own.values()], this.#signal),
      this.#fetchEdits(needs, facts),
    ]);
    if (nodes === undefined) {
      return this.#pairAnew(facts);
    }
    this.#view.learn({ ...ftrack, nodes, own, edits });
    if (this.#project === undefined) {
      // Read by the pairing a moment ago, so access was lost since: the pairing says what that means.
      const pairing = await this.#task.deps.facts.refreshPairing(facts.projectId);
      return 'skip' in pairing
        ? pairing
        : { skip: `ftrack project ${facts.projectId} just became unreadable` };
    }
    const { autoSync } = facts;
    const isOff = autoSync !== undefined && this.#view.stored(autoSync.id, facts.projectId) !== true;
    return isOff
      ? {
          skip: `Automatic sync is off for "${this.#project.fullName}": set its attribute auto_sync_enabled in ftrack`,
        }
      : undefined;
  }

  /** AYON no longer has a project of the cached name: renamed or removed since; its id tells which. */
  #pairAnew({ project, projectId }: Paired): Promise<Pairing> {
    if (this.#renewed.has('pairing')) {
      throw failure(
        'ayon-conflict',
        `AYON lists the project ${project.name}, but does not show its folders; check the server's log`,
      );
    }
    this.#renewed.add('pairing');
    return this.#task.deps.facts.refreshPairing(projectId);
  }

  async #fetchFtrack(needs: Needs, facts: Paired) {
    const isFirst = !this.#asked;
    this.#asked = true;
    if (!isFirst && needs.contexts.size + needs.whereabouts.size + needs.assignments.size === 0) {
      return { contexts: [], whereabouts: [], assignments: [], values: [] };
    }
    const { deps, projectId, scope } = this.#task;
    const state = await deps.ftrack.state(
      {
        projectId,
        contextIds: [...needs.contexts],
        whereabouts: [...needs.whereabouts],
        assignmentsOf: [...needs.assignments],
        appointmentIds: isFirst ? scope.appointments : [],
        attributeIds: facts.attributeIds,
      },
      this.#signal,
    );
    this.#project = state.project;
    // The event may name the task for something else too.
    for (const id of state.tasksOfAppointments) {
      this.#scopes.set(id, joined(this.#scopes.get(id), assigned(id)));
    }
    return state;
  }

  /** AYON may take long to search its log: what it told of a node is good for as long as nobody changes the node. */
  async #fetchEdits({ edits }: Needs, facts: Paired): Promise<ReadonlyMap<string, readonly AyonEdit[]>> {
    const { deps, memory } = this.#task;
    const asked = [...edits.values()].filter(
      ({ id, updatedAt }) => memory.edits.get(id)?.updatedAt !== updatedAt,
    );
    if (asked.length > 0) {
      const ids = asked.map(({ id }) => id);
      const found = await deps.ayon.edits(facts.project.name, ids, this.#signal);
      asked.forEach(({ id, updatedAt }) =>
        memory.edits.set(id, { updatedAt, told: found.filter(({ nodeId }) => nodeId === id) }),
      );
    }
    return new Map([...edits.keys()].map((id) => [id, memory.edits.get(id)?.told ?? []]));
  }

  #fetchNodes({ partners, siblings, subtrees }: Needs, facts: Paired) {
    const { marks, project } = facts;
    const ids = (of: ReadonlySet<string>): string[] =>
      [...of].flatMap((id) => [derivedId(id), this.#view.stored(marks.ayonId.id, id)].filter(isAyonId));
    const folders = [...siblings.values()].filter(({ kind }) => kind === 'folder');
    const below = folders.filter(({ parentId }) => parentId !== null);
    const top = folders.filter(({ parentId }) => parentId === null);
    return this.#task.deps.ayon.entities(
      project.name,
      {
        folderIds: ids(partners.folder),
        taskIds: ids(partners.task),
        folderFtrackIds: [...partners.folder],
        taskFtrackIds: [...partners.task],
        ...(below.length === 0
          ? {}
          : {
              foldersBelow: { parents: below.flatMap(({ parentId }) => parentId ?? []), ...namesOf(below) },
            }),
        ...(top.length === 0 ? {} : { topFolders: namesOf(top) }),
        tasksBelow: [...siblings.values()].flatMap(({ kind, parentId }) =>
          kind === 'task' && parentId !== null ? parentId : [],
        ),
        subtreesOf: [...subtrees],
      },
      this.#signal,
    );
  }
}

/** Names to look for; none when one of the questions is about all siblings. */
function namesOf(siblings: readonly { readonly name: string | undefined }[]): { names?: string[] } {
  const names = siblings.map(({ name }) => name);
  return names.includes(undefined) ? {} : { names: names.filter((name) => name !== undefined) };
}
