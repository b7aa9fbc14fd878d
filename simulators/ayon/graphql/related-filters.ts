import type { EntityKind, EntityRecord } from '../entity-kinds';
import { entityPath } from '../inheritance';
import { InvalidFilter, parseFilter } from '../query-filter';
import { entityKeys, searchTest } from './entity-keys';
import type { EntityArgs, FilterContext, Test } from './filters';

/** Tests of what an entity is tied to: its folder, its tasks, its product, its versions. */
export function neighbourTests(context: FilterContext, args: EntityArgs): Test[] {
  const { project, kind } = context;
  const { entities } = project;
  const filterOf = (other: EntityKind, text: string | null | undefined): Test | undefined =>
    text ? parseFilter(text, entityKeys({ ...context, kind: other })) : undefined;
  const folder = filterOf('folder', args.folderFilter);
  const task = filterOf('task', args.taskFilter);
  const product = filterOf('product', args.productFilter);
  const version = filterOf('version', args.versionFilter);
  const tasksOf = (entity: EntityRecord): EntityRecord[] => {
    if (kind === 'folder') {
      return entities.children('task', entity.id);
    }
    const versions = kind === 'version' ? [entity] : entities.children('version', entity.id);
    return entities.pick(
      'task',
      versions.flatMap(({ taskId }) => taskId ?? []),
    );
  };
  return [
    ...(folder ? [(e: EntityRecord) => entities.pick('folder', [e.parentId ?? '']).some(folder)] : []),
    ...(task ? [(e: EntityRecord) => tasksOf(e).some(task)] : []),
    ...(product ? [(e: EntityRecord) => entities.pick('product', [e.parentId ?? '']).some(product)] : []),
    ...(version ? [(e: EntityRecord) => entities.children('version', e.id).some(version)] : []),
  ];
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidFilter(`Invalid regular expression: ${text}`);
  }
}

/** Tests of names, paths, words and whatever a filter asks. */
export function textTests(context: FilterContext, args: EntityArgs): Test[] {
  const { project } = context;
  const name = args.nameEx ? expression(args.nameEx) : undefined;
  const path = args.pathEx ? expression(args.pathEx) : undefined;
  return [
    ...(name ? [(entity: EntityRecord) => name.test(entity.name)] : []),
    ...(path ? [(entity: EntityRecord) => path.test(entityPath(project, entity))] : []),
    ...(args.search ? [searchTest(context, args.search)] : []),
    ...(args.filter ? [parseFilter(args.filter, entityKeys(context))] : []),
  ];
}

/** Tests of links, seen from the entity. */
export function linkTests({ project }: FilterContext, wanted: EntityArgs['hasLinks']): Test[] {
  if (!wanted) {
    return [];
  }
  const links = [...project.links.values()];
  const outputs = new Set(links.map(({ inputId }) => inputId));
  const inputs = new Set(links.map(({ outputId }) => outputId));
  const tests: Readonly<Record<string, Test>> = {
    NONE: ({ id }) => !outputs.has(id) && !inputs.has(id),
    IN: ({ id }) => inputs.has(id),
    OUT: ({ id }) => outputs.has(id),
    ANY: ({ id }) => outputs.has(id) || inputs.has(id),
    BOTH: ({ id }) => outputs.has(id) && inputs.has(id),
  };
  const test = tests[wanted];
  return test ? [test] : [];
}
