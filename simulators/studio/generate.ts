import type { Details, NewEntity } from './builder';
import { ProjectBuilder, padded, studioOf } from './builder';
import { studioStatuses, studioUsers } from './tables';
import type { Studio, StudioProject } from './types';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const shotTaskTypes = ['Layout', 'Animation', 'FX', 'Lighting', 'Compositing'];
const assetTaskTypes = ['Modeling', 'Rigging', 'Lookdev'];

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

class Generator {
  private readonly builder: ProjectBuilder;
  private readonly random: () => number;
  private readonly limit: number;

  constructor(name: string, options: { seed: number; entitiesPerProject: number }) {
    this.builder = new ProjectBuilder(name);
    this.random = randomFrom(options.seed);
    this.limit = options.entitiesPerProject;
  }

  project(fullName: string): StudioProject {
    const assets = this.add({ type: 'Folder', name: 'assets', parent: null });
    for (let index = 1; assets && index <= this.limit / 40; index += 1) {
      const name = `asset_${padded(index, 4)}`;
      this.withTasks({ type: 'AssetBuild', name, parent: assets }, assetTaskTypes);
    }
    for (let episode = 1; !this.full; episode += 1) {
      this.episode(`ep${padded(100 + episode)}`);
    }
    return this.builder.build({
      fullName,
      startDate: '2026-01-05',
      endDate: '2027-06-30',
      attributes: { auto_sync_enabled: true, fps: pick([23.976, 24, 25], this.random) },
    });
  }

  private get full(): boolean {
    return this.builder.entities.length >= this.limit;
  }

  private add(entity: NewEntity, details?: Details): string | undefined {
    return this.full ? undefined : this.builder.add(entity, details);
  }

  private episode(name: string): void {
    const episode = this.add({ type: 'Episode', name, parent: null });
    for (let index = 1; episode && index <= 10; index += 1) {
      const sequence = this.add({
        type: 'Sequence',
        name: `${name}_sq${padded(index * 10)}`,
        parent: episode,
      });
      const shots = sequence ? 10 + Math.floor(this.random() * 15) : 0;
      for (let shot = 1; shot <= shots; shot += 1) {
        this.withTasks(
          { type: 'Shot', name: `sh${padded(shot * 10)}`, parent: sequence ?? null },
          shotTaskTypes,
        );
      }
    }
  }

  private withTasks(entity: NewEntity, types: readonly string[]): void {
    const isShot = entity.type === 'Shot';
    const frameEnd = 1025 + Math.floor(this.random() * 200);
    const parent = this.add(entity, {
      status: pick(studioStatuses, this.random).name,
      ...(isShot ? { attributes: { frameStart: 1001, frameEnd } } : { taskType: 'Prop' }),
    });
    for (const taskType of parent ? types : []) {
      if (this.random() < 0.7) {
        this.add(
          { type: 'Task', name: taskType.toLowerCase(), parent: parent ?? null },
          {
            taskType,
            status: pick(studioStatuses, this.random).name,
            assignees: [pick(studioUsers, this.random).username],
          },
        );
      }
    }
  }
}

/** Larger studios with the same users and tables; the same options give the same studio. */
export function generateStudio(options: {
  readonly projects: number;
  readonly entitiesPerProject: number;
  readonly seed: number;
}): Studio {
  const projects = Array.from({ length: options.projects }, (_, index) => {
    const number = index + 1;
    const generator = new Generator(`show_${padded(number)}`, {
      seed: options.seed * 1000 + number,
      entitiesPerProject: options.entitiesPerProject,
    });
    return generator.project(`Show Nº ${number}`);
  });
  return studioOf(projects);
}
