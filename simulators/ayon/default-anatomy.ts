import type { JsonObject } from './json';

/** A folder or task type of a project. */
export interface TypeRow {
  name: string;
  shortName?: string;
  color?: string;
  icon?: string;
}

/** A status of a project; without `scope` it fits every kind of entity. */
export interface StatusRow extends TypeRow {
  state?: string;
  scope?: string[];
}

/** The lists of a project that a PATCH replaces as a whole. */
export interface Anatomy {
  folderTypes: TypeRow[];
  taskTypes: TypeRow[];
  statuses: StatusRow[];
  linkTypes: JsonObject[];
  tags: JsonObject[];
  config: JsonObject;
}

/** Rows `name|shortName|color|icon` of the default anatomy. */
const FOLDER_TYPES = [
  'Folder||#cccccc|folder',
  'Library|lib|#cccccc|category',
  'Asset||#cccccc|smart_toy',
  'Episode|ep|#cccccc|live_tv',
  'Sequence|sq|#cccccc|theaters',
  'Shot|sh|#cccccc|movie',
];

const TASK_TYPES = [
  'Generic|gener|#5c6c79|task_alt',
  'Art|art|#BC3333|palette',
  'Modeling|mdl|#E74C4C|language',
  'Texture|tex|#D84444|brush',
  'Lookdev|look|#44944A|ev_shadow',
  'Rigging|rig|#1AAFC3|construction',
  'Edit|edit|#313894|imagesearch_roller',
  'Layout|lay|#2359B3|nature_people',
  'Setdress|dress|#1A655C|scene',
  'Animation|anim|#3599F1|directions_run',
  'FX|fx|#A43BC1|fireplace',
  'Lighting|lgt|#812DB1|highlight',
  'Paint|paint|#317537|video_stable',
  'Compositing|comp|#612BA3|layers',
  'Roto|roto|#1C70B2|gesture',
  'Matchmove|matchmove|#1A777B|switch_video',
];

/** Rows `name|shortName|color|icon|state|scope`; the first that fits is what a new entity gets. */
const STATUSES = [
  'Not ready|NRD|#3d444f|fiber_new|not_started|folder product task',
  'Ready to start|RDY|#bababa|timer|not_started|folder task',
  'In progress|PRG|#5bb8f5|play_arrow|in_progress|folder task',
  'Pending review|RVW|#ffcd19|visibility|in_progress|folder version task',
  'Approved|APP|#08f094|task_alt|done|folder product version task',
  'On hold|HLD|#fa6e46|back_hand|blocked|folder task',
  'Omitted|OMT|#cb1a1a|block|blocked|folder product version representation task',
];

const LINK_TYPES = [
  'generative|version|#3f67de',
  'breakdown|folder|#6edd72',
  'reference|version|#d94383',
  'template|folder|#fff824',
];

const PRODUCT_BASE_TYPES = [
  'image imagesmode',
  'render photo_library',
  'review photo_library',
  'plate camera_roll',
  'camera videocam',
  'model language',
  'texture texture',
  'look ev_shadow',
  'rig accessibility',
  'animation directions_run',
  'cache animation',
  'layout nature_people',
  'setdress forest',
  'groom content_cut',
  'matchmove switch_video',
  'vdbcache local_fire_department',
  'lightrig wb_incandescent',
  'lut opacity',
  'workfile home_repair_service',
];

const PUBLISH = '{root[work]}/{project[name]}/{hierarchy}/{folder[name]}/publish/{product[type]}';
const BY_PRODUCT = `${PUBLISH}/{product[name]}/{@version}`;
const FILE = '{project[code]}_{folder[name]}_{product[name]}_{@version}<_{output}>';

function template(directory: string, file: string): JsonObject {
  return { directory, file };
}

const TEMPLATES: JsonObject = {
  common: {
    version_padding: 3,
    version: 'v{version:0>{@version_padding}}',
    frame_padding: 4,
    frame: '{frame:0>{@frame_padding}}',
  },
  work: {
    default: template(
      '{root[work]}/{project[name]}/{hierarchy}/{folder[name]}/work/{task[name]}',
      '{project[code]}_{folder[name]}_{task[name]}_{@version}<_{comment}>.{ext}',
    ),
    unreal: template(
      '{root[work]}/{project[name]}/unreal/{task[name]}',
      '{project[code]}_{folder[name]}.{ext}',
    ),
  },
  publish: {
    default: template(BY_PRODUCT, `${FILE}<.{@frame}><_{udim}>.{ext}`),
    render: template(BY_PRODUCT, `${FILE}<.{@frame}>.{ext}`),
    online: template(BY_PRODUCT, '{originalBasename}<.{@frame}><_{udim}>.{ext}'),
    source: template('{root[work]}/{originalDirname}', '{originalBasename}.{ext}'),
    maya2unreal: template(PUBLISH, '{product[name]}_{@version}<_{output}><.{@frame}>.{ext}'),
    simpleUnrealTextureHero: template(`${PUBLISH}/hero`, '{originalBasename}.{ext}'),
    simpleUnrealTexture: template(`${PUBLISH}/{@version}`, '{originalBasename}_{@version}.{ext}'),
    unrealuasset: template(BY_PRODUCT, '{originalBasename}.{ext}'),
  },
  hero: {
    default: template(
      `${PUBLISH}/{product[name]}/hero`,
      '{project[code]}_{folder[name]}_{product[name]}_hero<_{output}><.{@frame}><_{udim}>.{ext}',
    ),
  },
};

const ROOTS: JsonObject = {
  work: { windows: 'C:/projects', linux: '/mnt/share/projects', darwin: '/Volumes/projects' },
};

function typeRow(row: string): TypeRow {
  const [name = '', shortName = '', color = '', icon = ''] = row.split('|');
  return { name, shortName, color, icon };
}

function statusRow(row: string): StatusRow {
  const [, , , , state = '', scope = ''] = row.split('|');
  return { ...typeRow(row), state, scope: scope.split(' ') };
}

function linkTypeRow(row: string): JsonObject {
  const [linkType = '', type = '', color = ''] = row.split('|');
  const name = `${linkType}|${type}|${type}`;
  return { name, linkType, inputType: type, outputType: type, data: { color, style: 'solid' } };
}

function productBaseTypes(): JsonObject {
  const definitions = PRODUCT_BASE_TYPES.map((row) => {
    const [name = '', icon = ''] = row.split(' ');
    return { name, color: '#cccccc', icon };
  });
  return { default: { color: '#cccccc', icon: 'deployed_code' }, definitions };
}

/** What a project gets that is created without an anatomy of its own; a fresh copy each time. */
export function defaultAnatomy(): Anatomy {
  return {
    folderTypes: FOLDER_TYPES.map(typeRow),
    taskTypes: TASK_TYPES.map(typeRow),
    statuses: STATUSES.map(statusRow),
    linkTypes: LINK_TYPES.map(linkTypeRow),
    tags: [
      { name: 'important', color: '#ff2450' },
      { name: 'for reel', color: '#5be1c6' },
    ],
    config: {
      roots: structuredClone(ROOTS),
      templates: structuredClone(TEMPLATES),
      entityNaming: {},
      productBaseTypes: productBaseTypes(),
    },
  };
}
