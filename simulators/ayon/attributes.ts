import type { EntityKind } from './entity-kinds';
import { ALL_KINDS } from './entity-kinds';
import type { Json, JsonObject } from './json';

/** What an attribute can be set on. */
export type AttributeScope = EntityKind | 'project' | 'list' | 'user';

export const ATTRIBUTE_SCOPES: readonly AttributeScope[] = ['project', ...ALL_KINDS, 'list', 'user'];

/** The types of values. */
export const ATTRIBUTE_TYPES = [
  'string',
  'integer',
  'float',
  'boolean',
  'datetime',
  'list_of_strings',
  'list_of_integers',
  'list_of_any',
  'list_of_submodels',
  'dict',
] as const;

export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** One attribute as `GET /api/attributes` lists it. */
export interface AttributeDefinition {
  name: string;
  position: number;
  scope: AttributeScope[];
  data: JsonObject & { type: AttributeType; inherit: boolean };
  builtin: boolean;
}

interface Row {
  type: AttributeType;
  title: string;
  scope: string;
  inherit?: boolean;
  more?: JsonObject;
}

const EMPTY_DATA: JsonObject = {
  description: null,
  example: null,
  default: null,
  gt: null,
  ge: null,
  lt: null,
  le: null,
  minLength: null,
  maxLength: null,
  minItems: null,
  maxItems: null,
  regex: null,
  enum: null,
  enumResolver: null,
  enumResolverSettings: null,
  widget: null,
  widgetSettings: null,
};

const SHOT = 'project folder version representation task';

function choice(value: string, icon: string, color: string): JsonObject {
  const label = value.charAt(0).toUpperCase() + value.slice(1);
  const empty = { description: null, group: null, shortName: null, disabledMessage: null };
  return { ...empty, value, label, fulltext: [value], icon, color, disabled: false };
}

const PRIORITIES: Json = [
  choice('urgent', 'keyboard_double_arrow_up', '#FF8585'),
  choice('high', 'keyboard_arrow_up', '#FFAD66'),
  choice('normal', 'check_indeterminate_small', '#9AC0E7'),
  choice('low', 'keyboard_arrow_down', '#9FA7B1'),
];

function number(title: string, standard: number, more: JsonObject = {}): Row {
  return { type: 'integer', title, scope: SHOT, more: { example: standard, default: standard, ...more } };
}

function text(title: string, scope: string): Row {
  return { type: 'string', title, scope, inherit: false };
}

/** The attributes that each AYON server has, in their order. */
const BUILTIN: Record<string, Row> = {
  priority: {
    type: 'string',
    title: 'Priority',
    scope: 'project folder task',
    more: { default: 'normal', enum: PRIORITIES },
  },
  fps: { ...number('FPS', 25, { gt: 0, description: 'Frame rate' }), type: 'float' },
  resolutionWidth: number('Width', 1920, { gt: 0, lt: 50_000, description: 'Horizontal resolution' }),
  resolutionHeight: number('Height', 1080, { gt: 0, lt: 50_000, description: 'Vertical resolution' }),
  pixelAspect: { ...number('Pixel aspect', 1, { gt: 0 }), type: 'float' },
  clipIn: number('Clip In', 1),
  clipOut: number('Clip Out', 1),
  frameStart: number('Start frame', 1001),
  frameEnd: number('End frame', 1001),
  handleStart: number('Handle start', 0),
  handleEnd: number('Handle end', 0),
  startDate: { type: 'datetime', title: 'Start date', scope: 'project folder task', inherit: false },
  endDate: { type: 'datetime', title: 'End date', scope: 'project folder task', inherit: false },
  description: text('Description', 'project folder product version representation task workfile'),
  fullName: text('Full name', 'user'),
  email: text('E-mail', 'user'),
  avatarUrl: text('Avatar', 'user'),
  developerMode: { type: 'boolean', title: 'Developer mode', scope: 'user', inherit: false },
  productGroup: text('Product group', 'product'),
  intent: text('Intent', 'version'),
  source: text('Source', 'version'),
  comment: text('Comment', 'version'),
  site: text('Site', 'version'),
  machine: text('Machine', 'version'),
  families: { type: 'list_of_strings', title: 'Families', scope: 'version', inherit: false },
  colorSpace: text('Color space', 'version'),
  path: text('Path', 'representation'),
  template: text('Template', 'representation'),
  extension: text('Extension', 'representation workfile'),
};

/** The attributes that the ftrack addon adds at its first start. */
const FTRACK: Record<string, Row> = {
  ftrackId: text('ftrack id', 'project folder task version list'),
  ftrackPath: text('ftrack path', 'project folder task'),
};

/** Where the ftrack addon's attributes stand in the list of a fresh 1.16 server. */
const FTRACK_POSITION = 31;

function definition(name: string, position: number, row: Row): AttributeDefinition {
  const scope = row.scope.split(' ') as AttributeScope[];
  const data = { ...EMPTY_DATA, type: row.type, title: row.title, ...row.more, inherit: row.inherit ?? true };
  return { name, position, scope, data, builtin: position < FTRACK_POSITION };
}

/** The attributes of a server on which the ftrack addon has, or has not, made its own yet. */
export function defaultAttributes(set: 'with-ftrack' | 'without-ftrack'): AttributeDefinition[] {
  const builtin = Object.entries(BUILTIN).map(([name, row], position) => definition(name, position, row));
  if (set === 'without-ftrack') {
    return builtin;
  }
  const own = Object.entries(FTRACK).map(([name, row], at) => definition(name, FTRACK_POSITION + at, row));
  return [...builtin, ...own];
}
