import type { Studio } from '../studio';
import { generateStudio, sampleStudio } from '../studio';
import { readStudioFile, StudioFileError } from '../studio/file';
import type { OptionSpec, OptionValues } from './options';
import { numberOption, textOption, UsageError } from './options';

export const studioOptions: readonly OptionSpec[] = [
  {
    name: 'seed',
    value: 'STUDIO.yaml',
    what: 'the studio that this file describes (default: a small sample)',
  },
  { name: 'generate', value: 'N', what: 'a studio of N entities, with versions, notes and lists' },
  {
    name: 'seed-number',
    value: 'S',
    what: 'which generated studio; the same number, the same studio (default 1)',
  },
];

/**
 * The studio that options name; the sample without any.
 * @throws UsageError for options that contradict each other or a description that cannot be used
 */
export function studioFrom(values: OptionValues): Studio {
  const file = textOption(values, 'seed');
  const entities = numberOption(values, 'generate', { min: 1, max: 1_000_000 });
  const seed = numberOption(values, 'seed-number', { min: 0, max: 4_294_967 });
  if (file !== undefined && entities !== undefined) {
    throw new UsageError('--seed and --generate name two different studios; give one of them.');
  }
  if (seed !== undefined && entities === undefined) {
    throw new UsageError('--seed-number chooses among generated studios; give --generate with it.');
  }
  if (entities !== undefined) {
    return generateStudio({ entities, seed: seed ?? 1 });
  }
  if (file === undefined) {
    return sampleStudio();
  }
  try {
    return readStudioFile(file);
  } catch (error) {
    throw error instanceof StudioFileError ? new UsageError(error.message) : error;
  }
}

/** `2 projects with 70 entities` */
export function sizeOf(studio: Studio): string {
  const count = (many: number, word: string): string => `${many} ${word}${many === 1 ? '' : 's'}`;
  const entities = studio.projects.reduce((sum, project) => sum + project.entities.length, 0);
  const plural = entities === 1 ? 'entity' : 'entities';
  return `${count(studio.projects.length, 'project')} with ${entities} ${plural}`;
}
