import type { Studio } from '../../studio';
import { completeStudio } from '../../studio/defaults';
import type { Store } from '../store/store';
import { seedAttributes, ValueSeeder } from './attributes';
import { seedProject } from './project';
import { seedPeople, seedTables } from './tables';
import { seedWork } from './work';
import { seedWorkflow } from './workflow';
import { SeedWriter } from './writer';

/**
 * Writes a studio into an empty store. Nothing is emitted: it is how the workspace was found.
 * @throws Error when the studio uses a name that it does not describe
 */
export function seedStudio(store: Store, studio: Studio): void {
  const writer = new SeedWriter(store, completeStudio(studio));
  seedTables(writer);
  seedPeople(writer);
  seedWorkflow(writer);
  seedAttributes(writer);
  const values = new ValueSeeder(writer);
  for (const user of studio.users) {
    values.put({ id: user.id, type: 'User', project: undefined }, user.attributes);
  }
  for (const project of studio.projects) {
    seedProject(writer, values, project);
    seedWork(writer, values, project);
  }
}
