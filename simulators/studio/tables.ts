import { createHash } from 'node:crypto';
import type { StudioAttribute, StudioStatus, StudioTaskType, StudioUser } from './types';

/** The same dashed uuid for the same text, so that two simulators and a test name one thing alike. */
export function studioId(text: string): string {
  const hex = createHash('sha1').update(`studio/${text}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function user(firstName: string, lastName: string, username: string): StudioUser {
  return {
    id: studioId(`user/${username}`),
    username,
    email: `${username}@studio.example`,
    firstName,
    lastName,
  };
}

export const studioUsers: readonly StudioUser[] = [
  user('Bob', 'Fischer', 'bob'),
  user('Jürgen', 'Müller', 'juergen.mueller'),
  user('Aïcha', 'Benali', 'aicha'),
  user('Linnéa', 'Söderberg', 'linnea.s'),
  user('Kenji', 'Watanabe', 'kenji'),
];

export const studioServiceUser: StudioUser = user('AYON', 'Service', 'ayon.service');

const statusRows: readonly [string, StudioStatus['state'], string][] = [
  ['Not started', 'NOT_STARTED', '#FFFFFF'],
  ['Ready to start', 'NOT_STARTED', '#E5E5E5'],
  ['In progress', 'IN_PROGRESS', '#3498DB'],
  ['Pending Review', 'IN_PROGRESS', '#F1C40F'],
  ['Revise', 'IN_PROGRESS', '#E67E22'],
  ['On Hold', 'BLOCKED', '#7F8C8D'],
  ['Approved', 'DONE', '#1CBC90'],
  ['Completed', 'DONE', '#16A085'],
  ['Omitted', 'BLOCKED', '#E74C3C'],
];

export const studioStatuses: readonly StudioStatus[] = statusRows.map(([name, state, color], sort) => ({
  id: studioId(`status/${name}`),
  name,
  state,
  color,
  sort,
}));

const typeRows: readonly [string, string, boolean][] = [
  ['Generic', '#CACACA', false],
  ['Concept Art', '#33CCCC', false],
  ['Modeling', '#935BA2', false],
  ['Rigging', '#F39C12', false],
  ['Texture', '#9E5E3B', false],
  ['Lookdev', '#E28FCB', false],
  ['Layout', '#2E86C1', false],
  ['Animation', '#27AE60', false],
  ['FX', '#C0392B', false],
  ['Lighting', '#F7DC6F', false],
  ['Compositing', '#1ABC9C', false],
  ['Matte Painting', '#A569BD', false],
  ['Deliverable', '#34495E', false],
  ['Character', '#D35400', true],
  ['Prop', '#7D6608', true],
  ['Environment', '#196F3D', true],
  ['Vehicle', '#566573', true],
];

export const studioTaskTypes: readonly StudioTaskType[] = typeRows.map(
  ([name, color, isAssetType], sort) => ({ id: studioId(`type/${name}`), name, color, sort, isAssetType }),
);

type AttributeRow = Omit<StudioAttribute, 'id' | 'label' | 'group' | 'hierarchical' | 'entityType'> &
  Partial<Pick<StudioAttribute, 'label' | 'group' | 'hierarchical' | 'entityType'>>;

/** A row is hierarchical (and so configured on the project) unless it says something else. */
function attribute(row: AttributeRow): StudioAttribute {
  const full = { label: row.key, group: 'ayon', hierarchical: true, entityType: 'show' as const, ...row };
  return { id: studioId(`attribute/${full.entityType}/${full.objectType ?? ''}/${full.key}`), ...full };
}

function frame(key: string, value: number): StudioAttribute {
  return attribute({ key, type: 'number', default: value, decimal: false });
}

/** The attributes that the incumbent integration insists on, its frame attributes, and what a studio adds. */
export const studioAttributes: readonly StudioAttribute[] = [
  attribute({ key: 'ayon_id', label: 'AYON ID', type: 'text', default: '' }),
  attribute({ key: 'ayon_path', label: 'AYON path', type: 'text', default: '' }),
  attribute({ key: 'ayon_sync_failed', label: 'AYON sync failed', type: 'boolean', default: false }),
  attribute({
    key: 'auto_sync_enabled',
    label: 'AYON auto-sync',
    type: 'boolean',
    default: false,
    hierarchical: false,
  }),
  attribute({
    key: 'ayon_list_type',
    label: 'AYON list type',
    type: 'text',
    default: '',
    hierarchical: false,
    entityType: 'list',
  }),
  frame('frameStart', 1001),
  frame('frameEnd', 1001),
  attribute({ key: 'fps', label: 'FPS', type: 'number', default: 25, decimal: true }),
  frame('handleStart', 0),
  frame('handleEnd', 0),
  frame('resolutionWidth', 1920),
  frame('resolutionHeight', 1080),
  attribute({ key: 'pixelAspect', type: 'number', default: 1, decimal: true }),
  frame('clipIn', 1),
  frame('clipOut', 1),
  attribute({
    key: 'fstart',
    label: 'Frame start',
    group: 'standard',
    type: 'number',
    default: 0,
    decimal: false,
    hierarchical: false,
    entityType: 'task',
    objectType: 'Shot',
  }),
  attribute({
    key: 'fend',
    label: 'Frame end',
    group: 'standard',
    type: 'number',
    default: 0,
    decimal: false,
    hierarchical: false,
    entityType: 'task',
    objectType: 'Shot',
  }),
  attribute({
    key: 'department',
    label: 'Department',
    group: 'standard',
    type: 'enumerator',
    default: [],
    multiSelect: true,
    options: [
      { label: '2D', value: '2d' },
      { label: '3D', value: '3d' },
      { label: 'Büro', value: 'office' },
    ],
  }),
  attribute({ key: 'delivery', label: 'Delivery date', group: 'standard', type: 'date', default: null }),
];
