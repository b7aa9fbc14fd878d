export { generateStudio } from './generate';
export { sampleStudio } from './sample';
export { studioId } from './tables';
export type {
  Studio,
  StudioAttribute,
  StudioEntity,
  StudioEntityType,
  StudioObjectType,
  StudioProject,
  StudioProjectSchema,
  StudioStatus,
  StudioTaskType,
  StudioUser,
  StudioValue,
} from './types';
