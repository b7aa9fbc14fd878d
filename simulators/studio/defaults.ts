import { studioId } from './tables';
import type {
  Studio,
  StudioAssetType,
  StudioBuiltInType,
  StudioPriority,
  StudioProjectSchema,
  StudioRole,
} from './types';

/** A studio with everything that a description may leave out. */
export type CompleteStudio = Required<Studio>;

export const builtInTypes: readonly StudioBuiltInType[] = [
  'Task',
  'Shot',
  'Sequence',
  'Episode',
  'Folder',
  'AssetBuild',
  'Milestone',
];

/** The priority that ftrack gives what has none has the same id in every workspace. */
const noPriority = '9661b320-3a0c-11e2-81c1-0800200c9a66';

const priorityRows: readonly [string, string][] = [
  ['Urgent', '#E74C3C'],
  ['High', '#E67E22'],
  ['Medium', '#F1C40F'],
  ['Low', '#1CBC90'],
  ['None', '#CACACA'],
];

export const defaultPriorities: readonly StudioPriority[] = priorityRows.map(([name, color], sort) => ({
  id: name === 'None' ? noPriority : studioId(`priority/${name}`),
  name,
  color,
  sort,
}));

const assetTypeRows: readonly [string, string][] = [
  ['Geometry', 'geo'],
  ['Rig', 'rig'],
  ['Animation', 'anim'],
  ['Cache', 'cache'],
  ['Camera', 'cam'],
  ['Image Sequence', 'img'],
  ['Composition', 'comp'],
  ['Audio', 'audio'],
  ['Review', 'review'],
  ['Upload', 'upload'],
];

export const defaultAssetTypes: readonly StudioAssetType[] = assetTypeRows.map(([name, short]) => ({
  id: studioId(`asset type/${name}`),
  name,
  short,
}));

export const defaultRoles: readonly StudioRole[] = [
  { id: studioId('role/Administrator'), name: 'Administrator', type: 'PROJECT' },
  { id: studioId('role/API'), name: 'API', type: 'API' },
];

/** One schema in which every kind of entity may be everything that its kind can have. */
export function defaultProjectSchema(
  studio: Pick<Studio, 'statuses' | 'taskTypes' | 'objectTypes'>,
): StudioProjectSchema {
  const statuses = studio.statuses.map(({ name }) => name);
  const typesOf = (wanted: boolean): string[] =>
    studio.taskTypes.filter(({ isAssetType }) => isAssetType === wanted).map(({ name }) => name);
  const own = studio.objectTypes ?? [];
  const statusable = own.filter(({ isStatusable = true }) => isStatusable);
  return {
    id: studioId('schema/project'),
    name: 'VFX',
    objectTypes: [...builtInTypes, ...own.map(({ type }) => type)],
    taskTypes: typesOf(false),
    taskStatuses: statuses,
    versionStatuses: statuses,
    entities: {
      Shot: { statuses },
      Episode: { statuses },
      AssetBuild: { statuses, types: typesOf(true) },
      Milestone: { statuses, types: typesOf(false) },
      ...Object.fromEntries(
        statusable.map(({ type, isTypeable }) => [
          type,
          { statuses, ...(isTypeable === true ? { types: typesOf(false) } : {}) },
        ]),
      ),
    },
  };
}

/** Fills in what the description leaves out, so that readers need no defaults of their own. */
export function completeStudio(studio: Studio): CompleteStudio {
  const { objectTypes = [], groups = [], roles = defaultRoles } = studio;
  const { priorities = defaultPriorities, assetTypes = defaultAssetTypes } = studio;
  const projectSchemas = studio.projectSchemas ?? [defaultProjectSchema(studio)];
  return { ...studio, objectTypes, groups, roles, priorities, assetTypes, projectSchemas };
}
