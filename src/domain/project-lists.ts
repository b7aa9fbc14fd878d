import type { AyonProject, FtrackStatus, Kind, ListEntry } from './model';
import { sameName } from './names';

/** Lists of an AYON project; a PATCH replaces a list as a whole. */
export interface ProjectLists {
  readonly statuses: readonly ListEntry[];
  readonly folderTypes: readonly ListEntry[];
  readonly taskTypes: readonly ListEntry[];
}

const STATES: Readonly<Record<string, string>> = {
  not_started: 'not_started',
  in_progress: 'in_progress',
  blocked: 'blocked',
  done: 'done',
};

/** AYON's state of an ftrack state (`Not Started`, `NOT_STARTED`); an unknown one counts as work in progress. */
export const ayonState = (state: string | null): string =>
  STATES[(state ?? '').trim().toLowerCase().replaceAll(' ', '_')] ?? 'in_progress';

const ICONS: Readonly<Record<string, string>> = {
  not_started: 'fiber_new',
  in_progress: 'play_arrow',
  blocked: 'block',
  done: 'task_alt',
};

const everyScope = ['folder', 'product', 'version', 'representation', 'task', 'workfile'];

const shortOf = (name: string, length: number): string =>
  name
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length)
    .toLowerCase();

const find = (entries: readonly ListEntry[], name: string): ListEntry | undefined =>
  entries.find((entry) => entry.name === name) ?? entries.find((entry) => sameName(entry.name, name));

/** AYON's spelling of a type; undefined when the project lacks it. AYON keeps such names unique regardless of case. */
export function typeName(project: AyonProject, kind: Kind, name: string): string | undefined {
  return find(kind === 'task' ? project.taskTypes : project.folderTypes, name)?.name;
}

/** AYON's spelling of a status that entities of this kind may have. */
export function statusName(project: AyonProject, kind: Kind, name: string): string | undefined {
  const entry = find(project.statuses, name);
  return entry?.scope?.includes(kind) === false ? undefined : entry?.name;
}

export interface Missing {
  readonly statuses: readonly FtrackStatus[];
  readonly folderTypes: readonly string[];
  readonly taskTypes: readonly string[];
}

/** The project's lists with what is missing appended; only the lists that change. Existing entries stay untouched. */
export function completed(project: AyonProject, missing: Missing): Partial<ProjectLists> {
  const statuses = missing.statuses.reduce(withStatus, project.statuses);
  const folderTypes = missing.folderTypes.reduce(withType, project.folderTypes);
  const taskTypes = missing.taskTypes.reduce(withType, project.taskTypes);
  return {
    ...(statuses === project.statuses ? {} : { statuses }),
    ...(folderTypes === project.folderTypes ? {} : { folderTypes }),
    ...(taskTypes === project.taskTypes ? {} : { taskTypes }),
  };
}

function withType(entries: readonly ListEntry[], name: string): readonly ListEntry[] {
  return find(entries, name) === undefined ? [...entries, { name, shortName: shortOf(name, 4) }] : entries;
}

/** A status that exists with too narrow a scope is opened to folders and tasks instead of doubled. */
function withStatus(entries: readonly ListEntry[], status: FtrackStatus): readonly ListEntry[] {
  const present = find(entries, status.name);
  if (present === undefined) {
    const state = ayonState(status.state);
    const added = {
      name: status.name,
      shortName: shortOf(status.name, 3).toUpperCase(),
      state,
      icon: ICONS[state],
      color: status.color ?? '#cccccc',
      scope: everyScope,
    };
    return [...entries, added];
  }
  const { scope } = present;
  if (scope === undefined || scope === null || (scope.includes('folder') && scope.includes('task'))) {
    return entries;
  }
  const opened = { ...present, scope: [...new Set([...scope, 'folder', 'task'])] };
  return entries.map((entry) => (entry === present ? opened : entry));
}
