import {
  studioAttributes,
  studioId,
  studioServiceUser,
  studioStatuses,
  studioTaskTypes,
  studioUsers,
} from './tables';
import type { Studio, StudioEntity, StudioEntityType, StudioProject } from './types';

/** What an entity may have besides its place and name. */
export type Details = Omit<StudioEntity, 'id' | 'name' | 'type' | 'parent'>;

export interface NewEntity {
  readonly type: StudioEntityType;
  readonly name: string;
  readonly parent: string | null;
}

/** Collects the entities of one project; ids come from the path, so that they never depend on the order. */
export class ProjectBuilder {
  readonly entities: StudioEntity[] = [];
  private readonly paths = new Map<string, string>();
  private readonly project: string;

  constructor(project: string) {
    this.project = project;
  }

  add(entity: NewEntity, details: Details = {}): string {
    const path = `${this.pathOf(entity.parent ?? '')}/${entity.name}`;
    const id = studioId(`entity/${path}`);
    this.paths.set(id, path);
    this.entities.push({ id, ...entity, ...details });
    return id;
  }

  /** Names from the project down to the entity, joined with `/`. */
  pathOf(id: string): string {
    return this.paths.get(id) ?? this.project;
  }

  build(facts: Omit<StudioProject, 'id' | 'name' | 'entities'>): StudioProject {
    return { id: studioId(`project/${this.project}`), name: this.project, ...facts, entities: this.entities };
  }
}

/** Places with leading zeros. */
export function padded(value: number, length = 3): string {
  return String(value).padStart(length, '0');
}

/** These projects with the users and tables that all built-in studios have. */
export function studioOf(projects: readonly StudioProject[]): Studio {
  return {
    projects,
    users: studioUsers,
    serviceUser: studioServiceUser,
    statuses: studioStatuses,
    taskTypes: studioTaskTypes,
    attributes: studioAttributes,
  };
}
