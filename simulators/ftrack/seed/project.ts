import type { StudioEntity, StudioProject } from '../../studio';
import { studioId } from '../../studio';
import type { Data } from '../values';
import type { ValueSeeder } from './attributes';
import type { SeedWriter } from './writer';
import { midnight } from './writer';

const secondsPerHour = 3600;

function statusAndType(writer: SeedWriter, entity: StudioEntity): Data {
  const { statuses, taskTypes } = writer.studio;
  const assetType = taskTypes.find(({ isAssetType }) => isAssetType);
  const first = entity.type === 'AssetBuild' ? (assetType ?? taskTypes[0]) : taskTypes[0];
  return {
    status_id: entity.status === undefined ? (statuses[0]?.id ?? null) : writer.idOf('status', entity.status),
    type_id: entity.taskType === undefined ? (first?.id ?? null) : writer.idOf('task type', entity.taskType),
  };
}

function assign(writer: SeedWriter, contextId: string, usernames: readonly string[] = []): void {
  for (const username of usernames) {
    writer.put('Appointment', {
      id: studioId(`assignment/${contextId}/${username}`),
      context_id: contextId,
      resource_id: writer.idOf('user', username),
    });
  }
}

function seedTeam(writer: SeedWriter, project: StudioProject): void {
  const groups = new Set(writer.studio.groups.map(({ name }) => name));
  for (const name of project.team ?? []) {
    writer.put('Appointment', {
      id: studioId(`allocation/${project.id}/${name}`),
      type: 'allocation',
      context_id: project.id,
      resource_id: writer.idOf(groups.has(name) ? 'group' : 'user', name),
    });
  }
}

function seedEntity(writer: SeedWriter, entity: StudioEntity, projectId: string): void {
  writer.put(entity.type, {
    id: entity.id,
    name: entity.name,
    context_type: 'task',
    parent_id: entity.parent ?? projectId,
    project_id: projectId,
    description: entity.description ?? '',
    ...statusAndType(writer, entity),
    ...(entity.priority === undefined ? {} : { priority_id: writer.idOf('priority', entity.priority) }),
    ...(entity.bid === undefined ? {} : { bid: entity.bid * secondsPerHour }),
    start_date: midnight(entity.startDate),
    end_date: midnight(entity.endDate),
    created_at: writer.now,
    created_by_id: writer.studio.serviceUser.id,
  });
  writer.metadata(entity, entity.metadata);
  assign(writer, entity.id, entity.assignees);
  for (const from of entity.after ?? []) {
    const id = studioId(`link/${from}/${entity.id}`);
    writer.put('TypedContextLink', { id, from_id: from, to_id: entity.id });
  }
}

/** A project with everything in its tree. */
export function seedProject(writer: SeedWriter, values: ValueSeeder, project: StudioProject): void {
  const { id, name, schema = writer.studio.projectSchemas[0]?.name ?? '' } = project;
  writer.put('Project', {
    id,
    name,
    full_name: project.fullName,
    context_type: 'show',
    project_id: id,
    status: project.status ?? 'active',
    is_private: project.isPrivate ?? false,
    project_schema_id: writer.idOf('project schema', schema),
    start_date: midnight(project.startDate),
    end_date: midnight(project.endDate),
    created_at: writer.now,
    created_by_id: writer.studio.serviceUser.id,
  });
  values.put({ id, type: 'Project', project: name }, project.attributes);
  writer.metadata({ id, type: 'Project' }, project.metadata);
  seedTeam(writer, project);
  for (const entity of project.entities) {
    seedEntity(writer, entity, id);
    values.put({ id: entity.id, type: entity.type, project: name }, entity.attributes);
  }
}
