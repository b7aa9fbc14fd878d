import type { EntityKind, EntityRecord } from '../entity-kinds';
import type { JsonObject } from '../json';
import type { ProjectRecord } from '../project';
import { InvalidFilter } from '../query-filter';
import type { KeyContext } from './entity-keys';
import type { PageArgs } from './paging';
import { linkTests, neighbourTests, textTests } from './related-filters';

type Texts = string[] | null;

/** Every filter that the simulator knows; each kind has some of them. */
export interface EntityArgs extends PageArgs {
  ids?: Texts;
  parentId?: string | null;
  parentIds?: Texts;
  folderIds?: Texts;
  /** Looks below the parents to any depth. */
  includeFolderChildren?: boolean;
  productIds?: Texts;
  versionIds?: Texts;
  taskIds?: Texts;
  attributes?: { name: string; values: string[] }[] | null;
  folderTypes?: Texts;
  taskTypes?: Texts;
  productTypes?: Texts;
  productBaseTypes?: Texts;
  statuses?: Texts;
  tags?: Texts;
  tagsAny?: Texts;
  assignees?: Texts;
  assigneesAny?: Texts;
  authors?: Texts;
  paths?: Texts;
  name?: string | null;
  names?: Texts;
  namesCi?: Texts;
  version?: number | null;
  versions?: number[] | null;
  latestOnly?: boolean;
  hasChildren?: boolean | null;
  hasProducts?: boolean | null;
  hasTasks?: boolean | null;
  hasReviewables?: boolean | null;
  hasLinks?: 'NONE' | 'IN' | 'OUT' | 'ANY' | 'BOTH' | null;
  heroOnly?: boolean;
  heroOrLatestOnly?: boolean;
  nameEx?: string | null;
  pathEx?: string | null;
  search?: string | null;
  filter?: string | null;
  folderFilter?: string | null;
  taskFilter?: string | null;
  productFilter?: string | null;
  versionFilter?: string | null;
  sortBy?: string | null;
}

/** What a filter may look at. */
export type FilterContext = KeyContext;

/** Whether an entity is wanted. */
export type Test = (entity: EntityRecord) => boolean;

function parents({ project, kind }: FilterContext, args: EntityArgs): (string | null)[] | undefined {
  const single = args.parentId === undefined || args.parentId === null ? undefined : [args.parentId];
  const lists = {
    folder: args.parentIds ?? single,
    task: args.folderIds,
    product: args.folderIds,
    version: args.productIds,
    representation: args.versionIds,
    workfile: args.taskIds,
  };
  // Folders at the root are asked for with the word `root`.
  const named = lists[kind]?.map((id) => (id === 'root' ? null : id));
  // Versions lie below products: their folders are another filter.
  return named && kind !== 'version' ? withFoldersBelow(project, named, args) : named;
}

/** These folders and, with `includeFolderChildren`, all below them. */
function withFoldersBelow<Id extends string | null>(
  project: ProjectRecord,
  ids: readonly Id[],
  args: EntityArgs,
): (Id | string)[] {
  return args.includeFolderChildren ? ids.flatMap((id) => [id, ...foldersBelow(project, id)]) : [...ids];
}

function foldersBelow(project: ProjectRecord, id: string | null): string[] {
  return [...project.entities.childIds('folder', id)].flatMap((child) => [
    child,
    ...foldersBelow(project, child),
  ]);
}

/** Finds a folder by its path; deactivated namesakes are found, too. */
function idsAtPath(project: ProjectRecord, path: string): string[] {
  let ids: (string | null)[] = [null];
  for (const name of path.split('/').filter((part) => part !== '')) {
    ids = ids
      .flatMap((id) => project.entities.children('folder', id))
      .filter((folder) => folder.name === name)
      .map((folder) => folder.id);
  }
  return ids.filter((id) => id !== null);
}

function attributeIds({ project, kind }: FilterContext, args: EntityArgs): string[] | undefined {
  for (const { name, values } of args.attributes ?? []) {
    const sets = values.map((value) => project.entities.withAttribute(kind, name, value));
    if (sets.every((set) => set !== undefined)) {
      return sets.flatMap((set) => [...set]);
    }
  }
  return undefined;
}

/** Ids from the best index for these arguments; undefined when every entity must be looked at. */
export function candidateIds(context: FilterContext, args: EntityArgs): Iterable<string> | undefined {
  const { project, kind } = context;
  if (args.ids) {
    return new Set(args.ids);
  }
  const byAttribute = attributeIds(context, args);
  if (byAttribute) {
    return new Set(byAttribute);
  }
  if (args.paths && kind === 'folder') {
    return new Set(args.paths.flatMap((path) => idsAtPath(project, path)));
  }
  const above = parents(context, args);
  if (above) {
    return new Set(above.flatMap((id) => [...project.entities.childIds(kind, id)]));
  }
  if (kind === 'version' && args.taskIds) {
    return new Set(args.taskIds.flatMap((id) => [...project.entities.versionsOfTask(id)]));
  }
  return undefined;
}

function among(
  values: readonly (string | null)[] | null | undefined,
  read: (e: EntityRecord) => unknown,
): Test[] {
  if (!values) {
    return [];
  }
  const set = new Set<unknown>(values);
  return [(entity) => set.has(read(entity))];
}

function listTests(args: EntityArgs): Test[] {
  const tests: Test[] = [];
  const all = (wanted: Texts | undefined, read: (e: EntityRecord) => readonly string[]): void => {
    if (wanted) {
      tests.push((entity) => wanted.every((item) => read(entity).includes(item)));
    }
  };
  const any = (wanted: Texts | undefined, read: (e: EntityRecord) => readonly string[]): void => {
    if (wanted) {
      tests.push((entity) => wanted.some((item) => read(entity).includes(item)));
    }
  };
  all(args.tags, (entity) => entity.tags);
  any(args.tagsAny, (entity) => entity.tags);
  any(args.assigneesAny, (entity) => entity.assignees ?? []);
  return tests;
}

function childTests({ project }: FilterContext, args: EntityArgs): Test[] {
  const tests: Test[] = [];
  const has = (wanted: boolean | null | undefined, kind: EntityKind): void => {
    if (typeof wanted === 'boolean') {
      tests.push((entity) => project.entities.childIds(kind, entity.id).size > 0 === wanted);
    }
  };
  has(args.hasChildren, 'folder');
  has(args.hasProducts, 'product');
  has(args.hasTasks, 'task');
  return tests;
}

function attributeTests({ inheritance }: FilterContext, args: EntityArgs): Test[] {
  return (args.attributes ?? []).map(({ name, values }) => {
    const wanted = new Set(values);
    return (entity) => {
      const value = (inheritance.effective(entity) as JsonObject)[name];
      return (
        value !== undefined &&
        value !== null &&
        wanted.has(typeof value === 'string' ? value : JSON.stringify(value))
      );
    };
  });
}

/** Which heroes and which of the highest numbers count. */
function heroTests({ project }: FilterContext, args: EntityArgs): Test[] {
  const isHero: Test = ({ version = 0 }) => version < 0;
  return [
    ...(args.heroOnly ? [isHero] : []),
    ...(args.latestOnly ? [(entity: EntityRecord) => isLatest(project, entity)] : []),
    ...(args.heroOrLatestOnly ? [(entity: EntityRecord) => isHero(entity) || isLatest(project, entity)] : []),
  ];
}

function versionTests(context: FilterContext, args: EntityArgs): Test[] {
  const { project } = context;
  const tests: Test[] = heroTests(context, args);
  const numbers = args.versions ?? (typeof args.version === 'number' ? [args.version] : null);
  if (numbers) {
    tests.push((entity) => numbers.includes(entity.version ?? 0));
  }
  if (typeof args.hasReviewables === 'boolean') {
    tests.push((entity) => project.reviewables.has(entity.id) === args.hasReviewables);
  }
  if (args.folderIds) {
    const folders = new Set(withFoldersBelow(project, args.folderIds, args));
    tests.push((entity) =>
      folders.has(project.entities.get('product', entity.parentId ?? '')?.parentId ?? ''),
    );
  }
  return tests;
}

/** Tells whether a product has no version with a higher number. */
export function isLatest(project: ProjectRecord, entity: EntityRecord): boolean {
  const siblings = project.entities.children('version', entity.parentId);
  return siblings.every((sibling) => (sibling.version ?? 0) <= (entity.version ?? 0));
}

function everyAssignee({ assignees }: EntityArgs): Test[] {
  return assignees ? [(task) => assignees.every((user) => task.assignees?.includes(user))] : [];
}

/** Folders are asked for the people of their tasks. */
function assigneeTests({ project, kind }: FilterContext, args: EntityArgs): Test[] {
  const wanted = args.assignees;
  if (kind !== 'folder' || !wanted) {
    return [];
  }
  const has = (task: EntityRecord): boolean => wanted.some((user) => task.assignees?.includes(user));
  return [(folder) => project.entities.children('task', folder.id).some(has)];
}

const STATUS_NAME = /^[a-zA-Z0-9_ -]+$/;

/** Projects may have statuses like `Ready (Client)`, but this argument refuses to name them. */
function checkedStatuses(names: Texts | undefined): Texts | undefined {
  const wrong = names?.find((name) => !STATUS_NAME.test(name));
  if (wrong !== undefined) {
    throw new InvalidFilter(`Invalid status name: ${wrong}`);
  }
  return names;
}

/** One test per argument; an entity must pass all of them. */
export function testsOf(context: FilterContext, args: EntityArgs): Test[] {
  const { kind } = context;
  const namesCi = args.namesCi?.map((name) => name.toLowerCase());
  return [
    ...among(args.ids, (entity) => entity.id),
    ...among(parents(context, args), (entity) => entity.parentId),
    ...(kind === 'version' ? among(args.taskIds, (entity) => entity.taskId) : []),
    ...among(args.folderTypes ?? args.taskTypes ?? args.productTypes, (entity) => entity.type),
    ...among(args.productBaseTypes, (entity) => entity.productBaseType),
    ...among(checkedStatuses(args.statuses), (entity) => entity.status),
    ...among(args.authors, (entity) => entity.author),
    ...among(args.names ?? (typeof args.name === 'string' ? [args.name] : null), (entity) => entity.name),
    ...among(namesCi, (entity) => entity.name.toLowerCase()),
    ...(kind === 'task' ? everyAssignee(args) : assigneeTests(context, args)),
    ...(kind === 'workfile' ? among(args.paths, (entity) => entity.path) : []),
    ...listTests(args),
    ...childTests(context, args),
    ...neighbourTests(context, args),
    ...textTests(context, args),
    ...linkTests(context, args.hasLinks),
    ...attributeTests(context, args),
    ...(kind === 'version' ? versionTests(context, args) : []),
  ];
}
