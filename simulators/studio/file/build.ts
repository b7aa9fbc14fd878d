import { valueProblem } from '../attributes';
import { builtInTypes, completeStudio, defaultProjectSchema } from '../defaults';
import {
  studioAttributes,
  studioId,
  studioServiceUser,
  studioStatuses,
  studioTaskTypes,
  studioUsers,
} from '../tables';
import type {
  Studio,
  StudioAttribute,
  StudioObjectType,
  StudioProjectSchema,
  StudioUser,
  StudioValue,
} from '../types';
import { Desk, given } from './desk';
import type { Problems } from './problems';
import { ProjectReader } from './project';
import type { AttributeInput, StudioInput, UserInput } from './shape';

/** Places in which every ftrack keeps files. */
const locations = ['ftrack.origin', 'ftrack.unmanaged', 'ftrack.review', 'ftrack.connect', 'ftrack.server'];

/** What an attribute is when nothing is stored. */
function nothing({ type, options }: AttributeInput): StudioValue {
  if (type === 'enumerator' || type === 'dynamic enumerator') {
    return type === 'enumerator' && options?.length === 0 ? null : [];
  }
  return type === 'text' || type === 'expression' ? '' : type === 'boolean' ? false : null;
}

function toAttribute(input: AttributeInput): StudioAttribute {
  const { key, objectType, hierarchical } = input;
  const entityType = input.entityType ?? (hierarchical || objectType === undefined ? 'show' : 'task');
  return given({
    ...input,
    id: input.id ?? studioId(`attribute/${input.project ?? ''}/${entityType}/${objectType ?? ''}/${key}`),
    label: input.label ?? key,
    entityType,
    objectType,
    default: input.default ?? nothing(input),
  });
}

/** The built-in attributes, each replaced by one that the description gives for the same place. */
function attributesOf(input: StudioInput): StudioAttribute[] {
  const place = ({ key, entityType, objectType = '', project = '' }: StudioAttribute): string =>
    [key, entityType, objectType, project].join('/');
  const own = (input.attributes ?? []).map(toAttribute);
  const taken = new Set(own.map(place));
  return [...studioAttributes.filter((attribute) => !taken.has(place(attribute))), ...own];
}

function toUser(input: UserInput): StudioUser {
  const { active, roles, ...rest } = input;
  return given({
    ...rest,
    id: input.id ?? studioId(`user/${input.username}`),
    email: input.email ?? `${input.username}@studio.example`,
    isActive: active,
    roles: roles?.map((role) => given(role)),
  });
}

function objectTypesOf(input: StudioInput): StudioObjectType[] {
  return (input.objectTypes ?? []).map((objectType, index) =>
    given({
      ...objectType,
      id: objectType.id ?? studioId(`object type/${objectType.name}`),
      type: objectType.name.replaceAll(/[^A-Za-z0-9]/g, ''),
      sort: builtInTypes.length + index,
    }),
  );
}

/** Adds ids, and the order of the list as `sort`. */
function listed<Entry extends { readonly id?: string | undefined; readonly name: string }>(
  kind: string,
  entries: readonly Entry[] | undefined,
): (Entry & { id: string; sort: number })[] | undefined {
  return entries?.map((entry, sort) => ({
    ...entry,
    id: entry.id ?? studioId(`${kind}/${entry.name}`),
    sort,
  }));
}

function projectSchemasOf(input: StudioInput, studio: Studio): StudioProjectSchema[] | undefined {
  const usual = defaultProjectSchema(studio);
  return input.projectSchemas?.map((schema) => {
    const { name, taskStatusesByType } = schema;
    const entities = Object.entries(schema.entities ?? usual.entities).map(([type, rules]) => [
      type,
      given(rules),
    ]);
    return given({
      id: schema.id ?? studioId(`schema/${name}`),
      name,
      objectTypes: schema.objectTypes ?? usual.objectTypes,
      taskTypes: schema.taskTypes ?? usual.taskTypes,
      taskStatuses: schema.taskStatuses ?? usual.taskStatuses,
      taskStatusesByType,
      versionStatuses: schema.versionStatuses ?? schema.taskStatuses ?? usual.versionStatuses,
      entities: Object.fromEntries(entities) as StudioProjectSchema['entities'],
    });
  });
}

function tablesOf(input: StudioInput): Studio {
  const studio: Studio = {
    projects: [],
    users: input.users?.map(toUser) ?? studioUsers,
    serviceUser: input.serviceUser ? toUser(input.serviceUser) : studioServiceUser,
    statuses: listed('status', input.statuses) ?? studioStatuses,
    taskTypes: listed('type', input.taskTypes) ?? studioTaskTypes,
    attributes: attributesOf(input),
    objectTypes: objectTypesOf(input),
    groups: (input.groups ?? []).map((group) =>
      given({ ...group, id: group.id ?? studioId(`group/${group.name}`) }),
    ),
    ...given({
      roles: listed('role', input.roles),
      priorities: listed('priority', input.priorities),
      assetTypes: listed('asset type', input.assetTypes),
    }),
  };
  return { ...studio, ...given({ projectSchemas: projectSchemasOf(input, studio) }) };
}

function deskFor(input: StudioInput, studio: Studio, problems: Problems): Desk {
  const { users, serviceUser, groups, roles, priorities, assetTypes, objectTypes, ...rest } =
    completeStudio(studio);
  const named = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name);
  const people = [...users, serviceUser].map(({ username }) => username);
  const kinds = {
    user: people,
    group: named(groups),
    'user or group': [...people, ...named(groups)],
    role: named(roles),
    status: named(rest.statuses),
    'task type': named(rest.taskTypes),
    priority: named(priorities),
    'asset type': named(assetTypes),
    'object type': [...builtInTypes, ...objectTypes.map(({ type }) => type)],
    'project schema': named(rest.projectSchemas),
    project: named(input.projects),
    location: locations,
  };
  const desk = new Desk(problems, kinds, studio.attributes);
  desk.unique(people.slice(0, users.length), 'user', (index) => ['users', index, 'username']);
  const tables: readonly (readonly [keyof typeof kinds, string])[] = [
    ['role', 'roles'],
    ['group', 'groups'],
    ['status', 'statuses'],
    ['task type', 'taskTypes'],
    ['priority', 'priorities'],
    ['asset type', 'assetTypes'],
    ['project schema', 'projectSchemas'],
    ['project', 'projects'],
  ];
  for (const [kind, key] of tables) {
    desk.unique(kinds[kind], kind, (index) => [key, index, 'name']);
  }
  desk.unique(kinds['object type'], 'object type', (index) => [
    'objectTypes',
    index - builtInTypes.length,
    'name',
  ]);
  return desk;
}

function checkPeople(desk: Desk, input: StudioInput): void {
  for (const [index, user] of (input.users ?? []).entries()) {
    const place = ['users', index];
    for (const [at, { role, projects }] of (user.roles ?? []).entries()) {
      desk.known('role', role, [...place, 'roles', at, 'role']);
      desk.allKnown('project', projects, [...place, 'roles', at, 'projects']);
    }
    desk.values({ type: 'User', project: undefined }, user.attributes, [...place, 'attributes']);
  }
  for (const [index, { members, parent }] of (input.groups ?? []).entries()) {
    desk.allKnown('user', members, ['groups', index, 'members']);
    desk.known('group', parent, ['groups', index, 'parent']);
  }
}

function checkAttributes(desk: Desk, { attributes = [] }: StudioInput): void {
  for (const [index, input] of attributes.entries()) {
    const { objectType, project, readRoles, writeRoles } = input;
    const place = ['attributes', index];
    const attribute = toAttribute(input);
    const problem = input.default === undefined ? undefined : valueProblem(attribute, attribute.default);
    if (problem !== undefined) {
      desk.problems.add([...place, 'default'], problem);
    }
    desk.known('object type', objectType, [...place, 'objectType']);
    desk.known('project', project, [...place, 'project']);
    desk.allKnown('role', readRoles, [...place, 'readRoles']);
    desk.allKnown('role', writeRoles, [...place, 'writeRoles']);
  }
}

function checkSchemas(desk: Desk, input: StudioInput): void {
  for (const [index, schema] of (input.projectSchemas ?? []).entries()) {
    const place = ['projectSchemas', index];
    desk.allKnown('object type', schema.objectTypes, [...place, 'objectTypes']);
    desk.allKnown('task type', schema.taskTypes, [...place, 'taskTypes']);
    desk.allKnown('status', schema.taskStatuses, [...place, 'taskStatuses']);
    desk.allKnown('status', schema.versionStatuses, [...place, 'versionStatuses']);
    for (const [type, statuses] of Object.entries(schema.taskStatusesByType ?? {})) {
      desk.known('task type', type, [...place, 'taskStatusesByType', type]);
      desk.allKnown('status', statuses, [...place, 'taskStatusesByType', type]);
    }
    for (const [type, rules] of Object.entries(schema.entities ?? {})) {
      desk.known('object type', type, [...place, 'entities', type]);
      desk.allKnown('status', rules.statuses, [...place, 'entities', type, 'statuses']);
      desk.allKnown('task type', rules.types, [...place, 'entities', type, 'types']);
    }
  }
}

/** Turns a description of the right shape into a studio; every name that nothing bears is told as a problem. */
export function buildStudio(input: StudioInput, problems: Problems): Studio {
  const tables = tablesOf(input);
  const desk = deskFor(input, tables, problems);
  checkPeople(desk, input);
  checkAttributes(desk, input);
  checkSchemas(desk, input);
  const ownLeaves = (tables.objectTypes ?? []).filter(({ isLeaf }) => isLeaf).map(({ type }) => type);
  const leaves = new Set(['Task', 'Milestone', ...ownLeaves]);
  const projects = input.projects.map((project, index) =>
    new ProjectReader(desk, project, { place: ['projects', index], leaves }).read(),
  );
  return { ...tables, projects };
}
