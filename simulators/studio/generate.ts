import type { Details, NewEntity } from './builder';
import { ProjectBuilder, padded, studioOf } from './builder';
import { Crew } from './crew';
import { WorkGenerator } from './generate-work';
import { Random } from './random';
import { studioId, studioStatuses } from './tables';
import type { Studio, StudioProject, StudioVersion } from './types';
import { assetWords, shotActions, titleEnds, titleStarts } from './vocabulary';

const shotTaskTypes = ['Layout', 'Animation', 'FX', 'Lighting', 'Compositing'];
const assetTaskTypes = ['Modeling', 'Rigging', 'Lookdev'];

interface ProjectPlan {
  readonly name: string;
  readonly fullName: string;
  /** Entities in its tree. */
  readonly size: number;
  readonly seed: number;
  /** With assets, versions, notes, lists and review sessions. */
  readonly withWork: boolean;
}

class ProjectGenerator {
  private readonly builder: ProjectBuilder;
  private readonly random: Random;
  private readonly work: WorkGenerator;
  private readonly plan: ProjectPlan;
  private readonly crew: Crew;

  constructor(plan: ProjectPlan, crew: Crew) {
    this.plan = plan;
    this.crew = crew;
    this.builder = new ProjectBuilder(plan.name);
    this.random = new Random(plan.seed);
    this.work = new WorkGenerator(this.random);
  }

  project(): StudioProject {
    this.assets();
    for (let episode = 1; !this.full; episode += 1) {
      this.episode(`ep${padded(100 + episode)}`);
    }
    const project = this.builder.build({
      fullName: this.plan.fullName,
      startDate: '2026-01-05',
      endDate: '2027-06-30',
      attributes: {
        auto_sync_enabled: true,
        fps: this.random.pick([23.976, 24, 25]),
        ...this.random.pick([
          { resolutionWidth: 1920, resolutionHeight: 1080 },
          { resolutionWidth: 4096, resolutionHeight: 1716 },
        ]),
      },
    });
    return this.plan.withWork ? { ...project, ...this.team(), ...this.made() } : project;
  }

  private get full(): boolean {
    return this.builder.entities.length >= this.plan.size;
  }

  private add(entity: NewEntity, details?: Details): string | undefined {
    return this.full ? undefined : this.builder.add(entity, details);
  }

  /** One build for about forty entities, in a folder for each kind. */
  private assets(): void {
    const root = this.add({ type: 'Folder', name: 'assets', parent: null });
    const count = Math.floor(this.plan.size / 40);
    const kinds = Object.entries(assetWords);
    for (const [place, [kind, { folder, words }]] of kinds.entries()) {
      const own = Math.floor((count + kinds.length - 1 - place) / kinds.length);
      const parent = root && own > 0 ? this.add({ type: 'Folder', name: folder, parent: root }) : undefined;
      for (let index = 0; parent && index < own; index += 1) {
        const round = Math.floor(index / words.length);
        const word = words[index % words.length] ?? '';
        const name = round === 0 ? word : `${word}_${padded(round + 1, 2)}`;
        const details = {
          taskType: kind,
          status: this.status(),
          attributes: { department: [this.random.pick(['2d', '3d'])] },
        };
        this.withTasks({ type: 'AssetBuild', name, parent }, { details, types: assetTaskTypes });
      }
    }
  }

  private episode(name: string): void {
    const details = { status: this.status(), description: `Episode ${name.slice(2)}` };
    const episode = this.add({ type: 'Episode', name, parent: null }, details);
    for (let index = 1; episode && index <= 10; index += 1) {
      const sequenceName = `${name}_sq${padded(index * 10)}`;
      const sequence = this.add({ type: 'Sequence', name: sequenceName, parent: episode });
      const shots = sequence ? this.random.whole(10, 24) : 0;
      for (let shot = 1; sequence && shot <= shots; shot += 1) {
        this.shot(sequence, `sh${padded(shot * 10)}`);
      }
    }
  }

  private shot(sequence: string, name: string): void {
    const frameEnd = 1000 + this.random.whole(24, 240);
    const details = {
      status: this.status(),
      description: `${name}: ${this.random.pick(shotActions)}`,
      attributes: { frameStart: 1001, frameEnd, fstart: 1001, fend: frameEnd },
    };
    this.withTasks({ type: 'Shot', name, parent: sequence }, { details, types: shotTaskTypes });
  }

  private withTasks(
    entity: NewEntity,
    { details, types }: { details: Details; types: readonly string[] },
  ): void {
    const parent = this.add(entity, details);
    const wanted = parent ? types.filter(() => this.random.chance(0.7)) : [];
    for (const [place, taskType] of wanted.entries()) {
      this.task(parent ?? '', { taskType, week: place });
    }
  }

  private task(parent: string, { taskType, week }: { taskType: string; week: number }): void {
    if (this.full) {
      return;
    }
    const month = padded(this.random.whole(1, 12), 2);
    const id = this.builder.add(
      { type: 'Task', name: taskType.toLowerCase(), parent },
      {
        taskType,
        status: this.status(),
        priority: this.random.chance(0.1) ? 'High' : 'None',
        bid: this.random.whole(1, 10) * 4,
        startDate: `2026-${month}-${padded(week * 5 + 1, 2)}`,
        endDate: `2026-${month}-${padded(week * 5 + 5, 2)}`,
        assignees: this.crew.assignees(taskType, this.random),
      },
    );
    const task = this.builder.entities.at(-1);
    if (this.plan.withWork && task?.id === id) {
      this.work.add({ task, parent, path: this.builder.pathOf(parent) });
    }
  }

  private status(): string {
    return this.random.pick(studioStatuses).name;
  }

  private team(): Pick<StudioProject, 'team'> {
    return { team: this.crew.groups.map(({ name }) => name) };
  }

  private made(): Pick<StudioProject, 'assets' | 'notes' | 'lists' | 'reviewSessions'> {
    const { name } = this.plan;
    const { assets, notes } = this.work;
    const latest = assets
      .map(({ versions }) => versions.at(-1))
      .filter((version): version is StudioVersion => version !== undefined)
      .slice(0, 40)
      .map(({ id }) => id);
    const shots = this.builder.entities.filter(({ type }) => type === 'Shot').slice(0, 20);
    return {
      assets,
      notes,
      lists: [
        {
          id: studioId(`list/${name}/Dailies`),
          name: 'Dailies',
          category: 'Shots',
          of: 'versions',
          items: latest,
        },
        {
          id: studioId(`list/${name}/Trailer`),
          name: 'Trailer',
          category: 'Shots',
          of: 'entities',
          items: shots.map(({ id }) => id),
        },
      ],
      reviewSessions: [
        { id: studioId(`review/${name}/Client`), name: 'Client review', versions: latest.slice(0, 10) },
      ],
    };
  }
}

/** Sizes that sum up to the wanted number: one project for about ten thousand entities. */
function sizesOf(entities: number): number[] {
  const projects = Math.max(1, Math.ceil(entities / 10_000));
  return Array.from({ length: projects }, (_, index) => Math.floor((entities + index) / projects));
}

/** Titles differ for 64 projects, then they are numbered. */
function titleOf(index: number, seed: number): string {
  const place = (index * 27 + (seed % 64) + 64) % 64;
  const title = `${titleStarts[Math.floor(place / 8)]} ${titleEnds[place % 8]}`;
  return index < 64 ? title : `${title} ${Math.floor(index / 64) + 1}`;
}

export type GenerateOptions =
  | {
      /** Projects `show_001`, `show_002` … with trees only. */
      readonly projects: number;
      readonly entitiesPerProject: number;
      readonly seed: number;
    }
  | {
      /** Entities in the trees of all projects together; what people made in them comes on top. */
      readonly entities: number;
      readonly seed: number;
    };

function plansOf(options: GenerateOptions): ProjectPlan[] {
  const { seed } = options;
  if ('projects' in options) {
    return Array.from({ length: options.projects }, (_, index) => ({
      name: `show_${padded(index + 1)}`,
      fullName: `Show Nº ${index + 1}`,
      size: options.entitiesPerProject,
      seed: seed * 1000 + index + 1,
      withWork: false,
    }));
  }
  return sizesOf(options.entities).map((size, index) => {
    const fullName = titleOf(index, seed);
    const name = fullName.toLowerCase().replaceAll(' ', '_');
    return { name, fullName, size, seed: seed * 1000 + index + 1, withWork: true };
  });
}

/**
 * Larger studios with the same tables; the same options give the same studio. With `entities` it is a studio at work:
 * a crew by departments, published versions with files, notes, lists and review sessions.
 */
export function generateStudio(options: GenerateOptions): Studio {
  const isAtWork = 'entities' in options;
  const crew = new Crew(isAtWork ? options.entities : 0);
  const projects = plansOf(options).map((plan) => new ProjectGenerator(plan, crew).project());
  const studio = studioOf(projects);
  return isAtWork ? { ...studio, users: crew.users, groups: crew.groups } : studio;
}
