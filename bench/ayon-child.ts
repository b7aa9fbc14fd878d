import { startAyonSimulator } from '../simulators/ayon';
import { generateStudio } from '../simulators/studio';

/**
 * The simulated AYON of the `ayon` bench, a process of its own. Told a number of entities, it starts with a synced
 * project of that size; told a number of events by its parent, it stores as many changes that a person made.
 */
const entities = Number(process.argv[2] ?? 0);

/** What the child says once it runs, and whenever it has stored events. */
export interface Told {
  readonly url: string;
  readonly apiKey: string;
  /** Entities in all projects. */
  readonly entities: number;
}

async function main(): Promise<void> {
  const studio = generateStudio({ projects: 1, entitiesPerProject: entities, seed: 7 });
  const simulator = await startAyonSimulator(entities > 0 ? { studio } : {});
  const { store } = simulator;
  store.addProject({ name: 'bench', code: 'bench' });
  const count = [...store.projects.values()].reduce(
    (sum, project) => sum + project.entities.count('folder') + project.entities.count('task'),
    0,
  );
  const told: Told = { url: simulator.url, apiKey: simulator.apiKey, entities: count };
  process.on('message', (events: number) => {
    for (let at = 0; at < events; at += 1) {
      store.events.add(
        {
          topic: 'entity.task.status_changed',
          project: 'bench',
          description: 'Changed task /sq010/sh010/comp status to Approved',
          summary: { entityId: at.toString(16).padStart(32, '0'), entityPath: '/sq010/sh010/comp' },
          payload: { oldValue: 'In progress', newValue: 'Approved' },
        },
        { user: 'bob', sender: 'browser', senderType: 'api' },
      );
    }
    process.send?.(told);
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.(told);
}

void main();
