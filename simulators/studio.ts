import {
  studioAttributes,
  studioId,
  studioServiceUser,
  studioStatuses,
  studioTaskTypes,
  studioUsers,
} from './studio-tables';
import type { Studio, StudioEntity, StudioEntityType, StudioProject } from './studio-types';

export { studioId } from './studio-tables';
export type {
  Studio,
  StudioAttribute,
  StudioEntity,
  StudioEntityType,
  StudioProject,
  StudioStatus,
  StudioTaskType,
  StudioUser,
  StudioValue,
} from './studio-types';

type Details = Omit<StudioEntity, 'id' | 'name' | 'type' | 'parent'>;

interface NewEntity {
  readonly type: StudioEntityType;
  readonly name: string;
  readonly parent: string | null;
}

/** Collects the entities of one project; ids come from the path, so that they never depend on the order. */
class ProjectBuilder {
  readonly entities: StudioEntity[] = [];
  private readonly paths = new Map<string, string>();
  private readonly project: string;

  constructor(project: string) {
    this.project = project;
  }

  add(entity: NewEntity, details: Details = {}): string {
    const parentPath =
      entity.parent === null ? this.project : (this.paths.get(entity.parent) ?? this.project);
    const path = `${parentPath}/${entity.name}`;
    const id = studioId(`entity/${path}`);
    this.paths.set(id, path);
    this.entities.push({ id, ...entity, ...details });
    return id;
  }

  build(facts: Omit<StudioProject, 'id' | 'name' | 'entities'>): StudioProject {
    return { id: studioId(`project/${this.project}`), name: this.project, ...facts, entities: this.entities };
  }
}

function padded(value: number, length = 3): string {
  return String(value).padStart(length, '0');
}

function people(...usernames: string[]): Details {
  return { assignees: usernames };
}

function addShot(builder: ProjectBuilder, parent: string, shot: { name: string; frames: number }): void {
  const { name, frames } = shot;
  const id = builder.add(
    { type: 'Shot', name, parent },
    {
      status: 'In progress',
      description: `Shot ${name}, ${frames} frames`,
      attributes: { frameStart: 1001, frameEnd: 1000 + frames, fstart: 1001, fend: 1000 + frames },
    },
  );
  builder.add(
    { type: 'Task', name: 'animation', parent: id },
    {
      taskType: 'Animation',
      status: 'In progress',
      startDate: '2026-03-02',
      endDate: '2026-03-13',
      ...people('bob'),
    },
  );
  builder.add(
    { type: 'Task', name: 'compositing', parent: id },
    { taskType: 'Compositing', status: 'Not started', ...people('aicha', 'kenji') },
  );
}

interface Build {
  readonly name: string;
  readonly kind: string;
}

function addBuild(builder: ProjectBuilder, parent: string, { name, kind }: Build): void {
  const id = builder.add(
    { type: 'AssetBuild', name, parent },
    { taskType: kind, status: 'In progress', attributes: { department: ['3d'] } },
  );
  builder.add(
    { type: 'Task', name: 'modeling', parent: id },
    { taskType: 'Modeling', status: 'Approved', ...people('linnea.s') },
  );
  builder.add(
    { type: 'Task', name: 'look dev', parent: id },
    { taskType: 'Lookdev', status: 'Pending Review' },
  );
}

function sampleFeature(): StudioProject {
  const builder = new ProjectBuilder('weisser_wal');
  const assets = builder.add({ type: 'Folder', name: 'assets', parent: null });
  const characters = builder.add({ type: 'Folder', name: 'characters', parent: assets });
  const props = builder.add({ type: 'Folder', name: 'Requisiten & Möbel', parent: assets });
  addBuild(builder, characters, { name: 'Kapitän Ahab', kind: 'Character' });
  addBuild(builder, characters, { name: 'Weißer Wal', kind: 'Character' });
  addBuild(builder, props, { name: 'Harpune', kind: 'Prop' });
  addBuild(builder, props, { name: 'Pequod', kind: 'Vehicle' });
  for (const episodeName of ['ep101', 'ep102']) {
    const episode = builder.add(
      { type: 'Episode', name: episodeName, parent: null },
      { description: `Episode ${episodeName}`, status: 'In progress' },
    );
    for (const sequenceName of ['sq010', 'sq020']) {
      const sequence = builder.add({
        type: 'Sequence',
        name: `${episodeName}_${sequenceName}`,
        parent: episode,
      });
      addShot(builder, sequence, { name: 'sh010', frames: 96 });
      addShot(builder, sequence, { name: 'sh020', frames: 131 });
    }
  }
  builder.add(
    { type: 'Milestone', name: 'Picture lock', parent: null },
    { taskType: 'Deliverable', status: 'Not started', endDate: '2026-11-30' },
  );
  return builder.build({
    fullName: 'Der weiße Wal',
    startDate: '2026-01-12',
    endDate: '2026-12-18',
    attributes: { auto_sync_enabled: true, fps: 24, resolutionWidth: 4096, resolutionHeight: 1716 },
  });
}

function sampleCommercial(): StudioProject {
  const builder = new ProjectBuilder('nordlicht');
  for (const [name, count] of [
    ['sq010', 3],
    ['sq020', 2],
  ] as const) {
    const sequence = builder.add({ type: 'Sequence', name, parent: null });
    for (let index = 1; index <= count; index += 1) {
      addShot(builder, sequence, { name: `sh${padded(index * 10)}`, frames: 40 + index * 8 });
    }
  }
  const assets = builder.add({ type: 'Folder', name: 'assets', parent: null });
  addBuild(builder, assets, { name: 'Grüne Flasche', kind: 'Prop' });
  addBuild(builder, assets, { name: 'Fjord Panorama', kind: 'Environment' });
  return builder.build({
    fullName: 'Nordlicht Werbespot',
    startDate: '2026-02-02',
    endDate: '2026-04-30',
    attributes: { auto_sync_enabled: true, fps: 25 },
  });
}

function studioOf(projects: readonly StudioProject[]): Studio {
  return {
    projects,
    users: studioUsers,
    serviceUser: studioServiceUser,
    statuses: studioStatuses,
    taskTypes: studioTaskTypes,
    attributes: studioAttributes,
  };
}

/**
 * A small studio: the feature `weisser_wal` (episodes, sequences, shots, asset builds) and the commercial
 * `nordlicht` (`nordlicht/sq010/sh020/animation` …), 70 entities, five people and a service user.
 */
export function sampleStudio(): Studio {
  return studioOf([sampleFeature(), sampleCommercial()]);
}

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
