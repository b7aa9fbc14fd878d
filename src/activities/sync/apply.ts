import type { Draft, Memory, PlannedOperation, Problem } from '../../domain/draft';
import type { MarkWrite } from '../../domain/marks';
import { marksToWrite } from '../../domain/marks';
import type { AyonOperationResult } from '../../domain/model';
import type { ProjectLists } from '../../domain/project-lists';
import { completed } from '../../domain/project-lists';
import { classOf } from '../../errors';
import { NO_ANSWER, writeEntities } from '../ayon-writes';
import type { SyncDeps } from './deps';
import type { Look } from './look';

export type Ready = Exclude<Look, { readonly skip: string }>;

/** What there is to write; undefined members: nothing. */
export interface Work extends Ready {
  readonly lists: Partial<ProjectLists>;
  readonly marks: readonly MarkWrite[];
}

/** Weighs a look: undefined when both systems already agree. */
export function workOf(look: Ready): Work | undefined {
  const { draft, facts, project } = look;
  const lists = completed(facts.project, {
    statuses: [...draft.missingStatuses.values()],
    folderTypes: [...draft.missingTypes.folder],
    taskTypes: [...draft.missingTypes.task],
  });
  const marks = marksOf(draft);
  const isNothing =
    draft.operations.length === 0 &&
    marks.length === 0 &&
    Object.keys(lists).length === 0 &&
    project.label === undefined &&
    project.attrib === undefined;
  return isNothing ? undefined : { ...look, lists, marks };
}

/** Only what nobody but a person can mend is flagged in ftrack. */
function marksOf(draft: Draft): MarkWrite[] {
  const permanent = [...draft.memory.failed].filter(([, { code }]) => classOf(code) === 'permanent');
  return marksToWrite(draft, new Map(permanent));
}

export interface Applied {
  /** Lines about what was written. */
  readonly lines: readonly string[];
  /** What was in the way of these may be settled by the next look: path by ftrack id. */
  readonly undone: ReadonlyMap<string, string>;
}

/**
 * Writes in the order that each step needs: the project's lists, the entities, ftrack's marks.
 * @param stale aborted when the look is too old for further batches of entities, which are undone then
 */
export async function apply(deps: SyncDeps, work: Work, stale: AbortSignal): Promise<Applied> {
  // A write is never cut off half-way: a request that was cancelled may still arrive. The clients' time-outs end it.
  const { signal } = new AbortController();
  const { draft, facts } = work;
  const lines = await applyProject(deps, work, signal);
  const known = {
    attributes: facts.ayonAttributes,
    project: { ...facts.project, ...work.lists },
    siblings: draft.view.nodes().map(({ kind, ...node }) => ({ ...node, entityType: kind })),
  };
  const writes = { project: facts.project.name, wanted: draft.operations, known };
  const results = await writeEntities(deps.ayon, writes, stale);
  const undone = new Map<string, string>();
  const refused: PlannedOperation[] = [];
  draft.operations.forEach((operation, index) => {
    const result = results[index] ?? NO_ANSWER;
    if (result.success) {
      if (operation.line !== '') {
        lines.push(operation.line);
      }
      if (draft.settled.get(operation.ftrackId)?.isLink === true) {
        draft.memory.brought.add(operation.ftrackId);
      }
    } else {
      undone.set(operation.ftrackId, operation.path || operation.ftrackId);
      unsettle(draft, operation);
      if (result.errorCode !== 'not-sent') {
        refused.push(operation);
        judge(draft.memory, operation, result);
      }
    }
  });
  if (refused.some(({ data }) => 'status' in data || 'folderType' in data || 'taskType' in data)) {
    // AYON may have refused a status or type that was taken out of the project since the cache read it.
    await deps.facts.refreshProject(facts.projectId);
  }
  await writeMarks(deps, work, { marks: marksOf(draft), signal });
  return { lines, undone };
}

/** What AYON refused did not happen: a pair keeps the path that it had, one to be made is none. */
function unsettle(draft: Draft, { ftrackId }: PlannedOperation): void {
  const settled = draft.settled.get(ftrackId);
  if (settled?.isLink === true) {
    draft.settled.delete(ftrackId);
  } else if (settled !== undefined) {
    draft.settled.set(ftrackId, { ...settled, path: undefined, isWhole: false });
  }
}

async function applyProject(
  deps: SyncDeps,
  { lists, project, facts }: Work,
  signal: AbortSignal,
): Promise<string[]> {
  const { label, attrib, words } = project;
  const patch = {
    ...(lists.statuses && { statuses: lists.statuses }),
    ...(lists.folderTypes && { folderTypes: lists.folderTypes }),
    ...(lists.taskTypes && { taskTypes: lists.taskTypes }),
    ...(label === undefined ? {} : { label }),
    ...(attrib && { attrib }),
  };
  if (Object.keys(patch).length === 0) {
    return [];
  }
  await deps.ayon.patchProject(facts.project.name, patch, signal);
  await deps.facts.refreshProject(facts.projectId);
  const added = (['statuses', 'folderTypes', 'taskTypes'] as const).filter(
    (list) => lists[list] !== undefined,
  );
  return [
    ...added.map((list) => `${facts.project.name}: ${list} completed`),
    ...(words.length === 0 ? [] : [`${facts.project.name}: ${words.join(', ')}`]),
  ];
}

async function writeMarks(
  deps: SyncDeps,
  { draft, facts }: Work,
  { marks, signal }: { marks: readonly MarkWrite[]; signal: AbortSignal },
): Promise<void> {
  if (marks.length === 0) {
    return;
  }
  for (const { entityId, message } of await deps.ftrack.writeValues(marks, signal)) {
    // The pair holds in AYON all the same; the next event of the entity tries again.
    deps.log.warn({ projectId: facts.projectId, entityId, reason: message }, 'ftrack refused our marks');
    draft.notes.add(`ftrack refuses our marks of ${entityId} (${message.slice(0, 200)})`);
  }
}

const STRUCTURE = ['name', 'parentId', 'folderType'];

/** Tries that an entity gets when AYON's answer may be due to a change in between. */
const MAX_TRIES = 3;

/** Draws the lesson from an operation that AYON refused, for the next look or for the report. */
function judge(memory: Memory, operation: PlannedOperation, result: AyonOperationResult): void {
  const { ftrackId, data } = operation;
  if (result.errorCode === 'blocked-by') {
    // What it waits for has its own result; the next look says whether it can come.
    return;
  }
  const tries = (memory.tries.get(ftrackId) ?? 0) + 1;
  memory.tries.set(ftrackId, tries);
  if (result.status === 403 && isRestructuring(operation)) {
    memory.immutable.add(ftrackId);
  }
  // What was not even sent fails for another reason than a value.
  const isValue = result.status === 400 && result.errorCode !== 'refused';
  if (isValue && hasMapped(data) && !memory.plain.has(ftrackId)) {
    memory.plain.add(ftrackId);
    memory.failed.set(ftrackId, refusedValue(operation, result));
    return;
  }
  const problem = problemOf(operation, result, {
    immutable: memory.immutable.has(ftrackId),
    last: tries >= MAX_TRIES,
  });
  if (problem !== undefined) {
    memory.failed.set(ftrackId, problem);
  } else if (result.errorCode === 'unique-violation') {
    memory.clashed.add(ftrackId);
  }
}

const isRestructuring = ({ type, entityType, data }: PlannedOperation): boolean =>
  type === 'update' && entityType === 'folder' && STRUCTURE.some((name) => name in data);

const OURS = new Set(['ftrackId', 'ftrackPath']);

const hasMapped = ({ attrib }: PlannedOperation['data']): boolean =>
  typeof attrib === 'object' && attrib !== null && Object.keys(attrib).some((name) => !OURS.has(name));

/** The entity comes without its mapped attributes, so that one wrong number keeps no shot out of AYON. */
const refusedValue = ({ path, ftrackId }: PlannedOperation, { detail }: AyonOperationResult): Problem => ({
  code: 'value-invalid',
  sentence: `AYON refuses a value of ${path || ftrackId} (${(detail ?? '').slice(0, 200)}); its mapped attributes are left out until it is corrected in ftrack`,
});

/** undefined: the next look may settle it. */
function problemOf(
  { ftrackId, path }: PlannedOperation,
  result: AyonOperationResult,
  is: { readonly immutable: boolean; readonly last: boolean },
): Problem | undefined {
  const what = path || ftrackId;
  const detail = (result.detail ?? '').slice(0, 200);
  if (is.immutable) {
    return {
      code: 'folder-immutable',
      sentence: `${what} has published versions, so AYON refuses another name, type or parent (${detail}); undo that in ftrack, or skip this event`,
    };
  }
  if (result.errorCode === 'refused') {
    return { code: 'ayon-rejected', sentence: result.detail ?? what };
  }
  if (result.status === 403 || result.status === 400) {
    return { code: 'ayon-rejected', sentence: `AYON refuses ${what}: ${detail}` };
  }
  const code = result.status >= 500 ? 'ayon-server-error' : 'ayon-conflict';
  return is.last ? { code, sentence: `AYON refuses ${what} again and again: ${detail}` } : undefined;
}
