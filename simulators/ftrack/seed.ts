import type { Studio, StudioAttribute, StudioEntity, StudioProject } from '../studio';
import { studioId } from '../studio';
import { defaultPriorityId, objectTypeIds } from './schema/contexts';
import type { Store } from './store/store';
import type { Data, Value } from './values';
import { nowStamp } from './values';

const attributeTypes = {
  text: '6268aef0-381c-11e0-acff-0019bb49847a',
  boolean: 'ad1034d8-15e2-11e1-b21a-0019bb4983d8',
  date: '79968e9e-381c-11e0-acff-0019bb49847a',
  enumerator: '6ff9c812-ead3-11e2-846c-f23c91dfaa16',
  number: '92009b00-381c-11e0-acff-0019bb49847a',
} as const;

const moreAttributeTypes = [
  ['dynamic enumerator', '882e4aee-fae6-11e3-b623-20c9d0831e59'],
  ['url', 'ec616dcd-56e2-4147-99f8-7e4a4f040cf9'],
  ['expression', 'd2e6a530-357f-11e2-bd73-0019bb4985b8'],
] as const;

const locations = [
  ['ftrack.origin', 'ce9b348f-8809-11e3-821c-20c9d081909b'],
  ['ftrack.unmanaged', 'cb268ecc-8809-11e3-a7e2-20c9d081909b'],
  ['ftrack.review', 'cd41be70-8809-11e3-b98a-20c9d081909b'],
  ['ftrack.connect', '07b82a97-8cf9-11e3-9383-20c9d081909b'],
  ['ftrack.server', '3a372bde-05bc-11e4-8908-20c9d081909b'],
] as const;

const priorities = [
  ['Urgent', studioId('priority/Urgent'), '#E74C3C'],
  ['High', studioId('priority/High'), '#E67E22'],
  ['Medium', studioId('priority/Medium'), '#F1C40F'],
  ['Low', studioId('priority/Low'), '#1CBC90'],
  ['None', defaultPriorityId, '#CACACA'],
] as const;

const states = { NOT_STARTED: 'Not started', IN_PROGRESS: 'In progress', BLOCKED: 'Blocked', DONE: 'Done' };

const ids = {
  projectSchema: studioId('schema/project'),
  workflow: studioId('schema/workflow'),
  taskTypes: studioId('schema/task types'),
};

/** Writes a studio into an empty store. Nothing is emitted: it is how the workspace was found. */
class Seeder {
  private readonly store: Store;
  private readonly studio: Studio;
  private readonly statuses: ReadonlyMap<string, string>;
  private readonly types: ReadonlyMap<string, string>;
  private readonly users: ReadonlyMap<string, string>;
  private readonly now = nowStamp();

  constructor(store: Store, studio: Studio) {
    this.store = store;
    this.studio = studio;
    this.statuses = new Map(studio.statuses.map((status) => [status.name, status.id]));
    this.types = new Map(studio.taskTypes.map((type) => [type.name, type.id]));
    this.users = new Map([...studio.users, studio.serviceUser].map((user) => [user.username, user.id]));
  }

  run(): void {
    this.people();
    this.tables();
    this.workflow();
    for (const [index, attribute] of this.studio.attributes.entries()) {
      this.attribute(attribute, index);
    }
    for (const project of this.studio.projects) {
      this.project(project);
    }
  }

  private put(type: string, sent: Data): string {
    const schema = this.store.registry.get(type);
    const data: Data = {};
    for (const attribute of schema.attributes.values()) {
      if (attribute.kind === 'scalar' && attribute.initial !== undefined && attribute.initial !== '{uid}') {
        data[attribute.name] = attribute.initial;
      }
    }
    Object.assign(data, sent);
    const key = this.store.keyOf(type, data);
    this.store.tableOf(type).insert({ type, key, data });
    return key;
  }

  private people(): void {
    for (const user of [...this.studio.users, this.studio.serviceUser]) {
      this.put('User', {
        id: user.id,
        username: user.username,
        email: user.email,
        first_name: user.firstName,
        last_name: user.lastName,
      });
    }
    for (const name of ['Administrator', 'API']) {
      this.put('SecurityRole', {
        id: studioId(`role/${name}`),
        name,
        type: name === 'API' ? 'API' : 'PROJECT',
      });
    }
  }

  private tables(): void {
    for (const [short, name] of Object.entries(states)) {
      this.put('State', { id: studioId(`state/${short}`), name, short });
    }
    for (const { id, name, color, sort, state } of this.studio.statuses) {
      this.put('Status', { id, name, color, sort, state_id: studioId(`state/${state}`) });
    }
    for (const { id, name, color, sort } of this.studio.taskTypes) {
      this.put('Type', { id, name, color, sort });
    }
    for (const [sort, [name, id, color]] of priorities.entries()) {
      this.put('Priority', { id, name, color, sort });
    }
    for (const [name, id] of locations) {
      this.put('Location', { id, name });
    }
    for (const name of ['Shots', 'Assets']) {
      this.put('ListCategory', { id: studioId(`list category/${name}`), name });
    }
    for (const [name, id] of [...Object.entries(attributeTypes), ...moreAttributeTypes]) {
      this.put('CustomAttributeType', { id, name, core: true });
    }
    for (const name of new Set(this.studio.attributes.map((attribute) => attribute.group))) {
      this.put('CustomAttributeGroup', { id: studioId(`attribute group/${name}`), name });
    }
  }

  private workflow(): void {
    this.put('WorkflowSchema', { id: ids.workflow, name: 'Production' });
    this.put('TaskTypeSchema', { id: ids.taskTypes, name: 'Production' });
    this.put('ProjectSchema', {
      id: ids.projectSchema,
      name: 'VFX',
      task_type_schema_id: ids.taskTypes,
      task_workflow_schema_id: ids.workflow,
      asset_version_workflow_schema_id: ids.workflow,
    });
    for (const { id } of this.studio.statuses) {
      this.put('WorkflowSchemaStatus', { workflow_schema_id: ids.workflow, status_id: id });
    }
    for (const type of this.studio.taskTypes.filter(({ isAssetType }) => !isAssetType)) {
      this.put('TaskTypeSchemaType', { task_type_schema_id: ids.taskTypes, type_id: type.id });
    }
    for (const [sort, name] of Object.keys(objectTypeIds).entries()) {
      this.objectType(name as keyof typeof objectTypeIds, sort);
    }
  }

  private objectType(type: keyof typeof objectTypeIds, sort: number): void {
    const id = objectTypeIds[type];
    const isPlain = type === 'Folder' || type === 'Sequence';
    this.put('ObjectType', {
      id,
      name: type === 'AssetBuild' ? 'Asset Build' : type,
      sort,
      is_leaf: type === 'Task' || type === 'Milestone',
      is_statusable: !isPlain,
      is_typeable: type === 'Task' || type === 'AssetBuild' || type === 'Milestone',
      is_schedulable: type === 'Task' || type === 'Milestone',
      is_taskable: type !== 'Task' && type !== 'Milestone',
    });
    this.put('ProjectSchemaObjectType', { object_type_id: id, project_schema_id: ids.projectSchema });
    if (type !== 'Task' && !isPlain) {
      this.objectTypeSchema(type);
    }
  }

  /** Which statuses and types entities of an object type may have; tasks have the workflow's. */
  private objectTypeSchema(type: keyof typeof objectTypeIds): void {
    const id = objectTypeIds[type];
    const schemaId = studioId(`schema/${type}`);
    this.put('Schema', {
      id: schemaId,
      type_id: id,
      object_type_id: id,
      project_schema_id: ids.projectSchema,
    });
    for (const status of this.studio.statuses) {
      this.put('SchemaStatus', { schema_id: schemaId, status_id: status.id, sort: status.sort });
    }
    if (type !== 'AssetBuild' && type !== 'Milestone') {
      return;
    }
    for (const { id: typeId, sort, isAssetType } of this.studio.taskTypes) {
      if (isAssetType === (type === 'AssetBuild')) {
        this.put('SchemaType', { schema_id: schemaId, type_id: typeId, sort });
      }
    }
  }

  private attribute(attribute: StudioAttribute, sort: number): void {
    this.put('CustomAttributeConfiguration', {
      id: attribute.id,
      key: attribute.key,
      label: attribute.label,
      group_id: studioId(`attribute group/${attribute.group}`),
      type_id: attributeTypes[attribute.type],
      entity_type: attribute.entityType,
      object_type_id: attribute.objectType === undefined ? null : objectTypeIds[attribute.objectType],
      project_id: null,
      is_hierarchical: attribute.hierarchical,
      default: attribute.default,
      config: JSON.stringify(configOf(attribute)),
      sort,
    });
  }

  private project(project: StudioProject): void {
    this.put('Project', {
      id: project.id,
      name: project.name,
      full_name: project.fullName,
      context_type: 'show',
      project_id: project.id,
      project_schema_id: ids.projectSchema,
      start_date: `${project.startDate}T00:00:00`,
      end_date: `${project.endDate}T00:00:00`,
      created_at: this.now,
      created_by_id: this.studio.serviceUser.id,
    });
    this.values(project, { id: project.id, type: 'Project' });
    for (const entity of project.entities) {
      this.entity(entity, project.id);
    }
  }

  private entity(entity: StudioEntity, projectId: string): void {
    this.put(entity.type, {
      id: entity.id,
      name: entity.name,
      context_type: 'task',
      parent_id: entity.parent ?? projectId,
      project_id: projectId,
      description: entity.description ?? '',
      ...this.statusAndType(entity),
      start_date: day(entity.startDate),
      end_date: day(entity.endDate),
      created_at: this.now,
      created_by_id: this.studio.serviceUser.id,
    });
    this.values(entity, entity);
    for (const username of entity.assignees ?? []) {
      this.put('Appointment', {
        id: studioId(`assignment/${entity.id}/${username}`),
        context_id: entity.id,
        resource_id: this.users.get(username) ?? null,
      });
    }
  }

  private statusAndType(entity: StudioEntity): Data {
    const { statuses, taskTypes } = this.studio;
    const defaultType = entity.type === 'AssetBuild' ? 'Character' : 'Generic';
    return {
      status_id: this.statuses.get(entity.status ?? '') ?? statuses[0]?.id ?? null,
      type_id: this.types.get(entity.taskType ?? defaultType) ?? taskTypes[0]?.id ?? null,
    };
  }

  private values(
    holder: { attributes?: StudioEntity['attributes'] },
    target: { id: string; type: string },
  ): void {
    for (const [key, value] of Object.entries(holder.attributes ?? {})) {
      const attribute = this.studio.attributes.find(
        (candidate) => candidate.key === key && fits(candidate, target.type),
      );
      if (!attribute) {
        throw new Error(
          `The studio gives ${target.type} ${target.id} a value for ${key}, which it cannot have.`,
        );
      }
      this.put('CustomAttributeValue', { configuration_id: attribute.id, entity_id: target.id, value });
    }
  }
}

function fits(attribute: StudioAttribute, type: string): boolean {
  if (attribute.hierarchical) {
    return true;
  }
  return (
    attribute.entityType === (type === 'Project' ? 'show' : 'task') && (attribute.objectType ?? type) === type
  );
}

function configOf(attribute: StudioAttribute): Data {
  switch (attribute.type) {
    case 'enumerator': {
      const options = (attribute.options ?? []).map(({ label, value }) => ({ menu: label, value }));
      return { multiSelect: attribute.multiSelect ?? false, data: JSON.stringify(options) };
    }
    case 'number':
      return { isdecimal: attribute.decimal ?? false };
    case 'text':
      return { markdown: false };
    case 'boolean':
    case 'date':
      return {};
  }
}

function day(text: string | undefined): Value {
  return text === undefined ? null : `${text}T00:00:00`;
}

export function seedStudio(store: Store, studio: Studio): void {
  new Seeder(store, studio).run();
}
