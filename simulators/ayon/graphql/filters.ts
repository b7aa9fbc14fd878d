import type { EntityKind, EntityRecord } from '../entity-kinds';
import type { Inheritance } from '../inheritance';
import type { JsonObject } from '../json';
import type { ProjectRecord } from '../project';
import type { PageArgs } from './paging';

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
}

/** What a filter may look at. */
export interface FilterContext {
  project: ProjectRecord;
  kind: EntityKind;
  inheritance: Inheritance;
}

type Test = (entity: EntityRecord) => boolean;

function parents({ project, kind }: FilterContext, args: EntityArgs): (string | null)[] | undefined {
  const single = args.parentId === undefined || args.parentId === null ? undefined : [args.parentId];
  const lists = {
    folder: args.parentIds ?? single,
    task: args.folderIds,
    product: args.folderIds,
    version: args.productIds,
    representation: args.versionIds,
  };
  // Folders at the root are asked for with the word `root`.
  const named = lists[kind]?.map((id) => (id === 'root' ? null : id));
  const isDeep = args.includeFolderChildren === true && (kind === 'folder' || kind === 'task');
  return isDeep ? named?.flatMap((id) => [id, ...foldersBelow(project, id)]) : named;
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
  if (args.paths) {
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
  all(args.assignees, (entity) => entity.assignees ?? []);
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

function versionTests({ project }: FilterContext, args: EntityArgs): Test[] {
  const tests: Test[] = [];
  const numbers = args.versions ?? (typeof args.version === 'number' ? [args.version] : null);
  if (numbers) {
    tests.push((entity) => numbers.includes(entity.version ?? 0));
  }
  if (args.latestOnly) {
    tests.push((entity) => isLatest(project, entity));
  }
  if (args.folderIds) {
    const folders = new Set<string | null>(args.folderIds);
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

/** One test per argument; an entity must pass all of them. */
export function testsOf(context: FilterContext, args: EntityArgs): Test[] {
  const { kind } = context;
  const namesCi = args.namesCi?.map((name) => name.toLowerCase());
  return [
    ...among(args.ids, (entity) => entity.id),
    ...among(parents(context, args), (entity) => entity.parentId),
    ...among(args.taskIds, (entity) => entity.taskId),
    ...among(args.folderTypes ?? args.taskTypes ?? args.productTypes, (entity) => entity.type),
    ...among(args.productBaseTypes, (entity) => entity.productBaseType),
    ...among(args.statuses, (entity) => entity.status),
    ...among(args.authors, (entity) => entity.author),
    ...among(args.names ?? (typeof args.name === 'string' ? [args.name] : null), (entity) => entity.name),
    ...among(namesCi, (entity) => entity.name.toLowerCase()),
    ...listTests(args),
    ...childTests(context, args),
    ...attributeTests(context, args),
    ...(kind === 'version' ? versionTests(context, args) : []),
  ];
}
