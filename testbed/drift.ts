import type { AyonSimulator } from '../simulators/ayon';
import { ayonId, ayonName } from '../simulators/ayon';
import type { FtrackSimulator } from '../simulators/ftrack';
import { asText } from '../simulators/ftrack/values';

type Row = ReturnType<FtrackSimulator['store']['context']> & object;
type AyonProject = ReturnType<AyonSimulator['store']['project']>;
type AyonEntity = NonNullable<ReturnType<AyonProject['entities']['get']>>;

/** Attributes that both sides of the sample studio have under one name. */
const HIERARCHICAL = ['frameStart', 'frameEnd', 'handleStart', 'handleEnd', 'fps'] as const;

/** Kinds that AYON does not know. */
const FOREIGN = new Set(['Milestone']);

const day = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 10) : null);

/** Compares what both simulators hold, read straight from their stores; an own reading, nothing of the product. */
export function drift(ftrack: FtrackSimulator, ayon: AyonSimulator): string[] {
  const found: string[] = [];
  const contexts = ftrack.store.tableOf('Context');
  const projects = new Map([...ayon.store.projects.values()].map((each) => [each.attrib['ftrackId'], each]));
  const seen = new Set<string>();
  for (const row of contexts.all()) {
    const project = projects.get(asText(row.data['project_id'] ?? row.key));
    if (project !== undefined && row.type !== 'Project' && !FOREIGN.has(row.type)) {
      const entity = pairOf(project, row);
      seen.add(entity?.id ?? '');
      found.push(
        ...differences(ftrack, row, entity).map(
          (each) => `${asText(row.data['name'])} (${row.key}): ${each}`,
        ),
      );
    }
  }
  for (const project of projects.values()) {
    const ids = (['folder', 'task'] as const).flatMap((kind) =>
      project.entities.pick(kind, project.entities.orderedIds(kind)),
    );
    const extra = ids.filter(
      ({ id, active, attrib }) => active && attrib['ftrackId'] !== undefined && !seen.has(id),
    );
    found.push(...extra.map(({ name, id }) => `${name} (${id}): active in AYON, gone from ftrack`));
  }
  return found;
}

function pairOf(project: AyonProject, row: Row): AyonEntity | undefined {
  const kind = row.type === 'Task' ? 'task' : 'folder';
  const [id] = project.entities.withAttribute(kind, 'ftrackId', row.key) ?? [];
  return id === undefined ? undefined : project.entities.get(kind, id);
}

function differences(ftrack: FtrackSimulator, row: Row, entity: AyonEntity | undefined): string[] {
  if (entity === undefined) {
    return ['missing in AYON'];
  }
  const name = (type: string, id: unknown): unknown =>
    typeof id === 'string' ? ftrack.store.find(type, id)?.data['name'] : undefined;
  const { data } = row;
  const wanted: Record<string, unknown> = {
    active: true,
    title: data['name'],
    name: ayonName(asText(data['name'])),
    parent: parentOf(ftrack, row),
    status: name('Status', data['status_id']) ?? entity.status,
    type: row.type === 'Task' ? name('Type', data['type_id']) : name('ObjectType', data['object_type_id']),
    description: data['description'] || null,
    startDate: day(data['start_date']),
    endDate: day(data['end_date']),
    assignees: assigneesOf(ftrack, row),
    ...storedValues(ftrack, row),
  };
  const actual: Record<string, unknown> = {
    active: entity.active,
    title: entity.label ?? entity.name,
    name: entity.name,
    parent: entity.parentId,
    status: entity.status,
    type: entity.type,
    description: entity.attrib['description'] || null,
    startDate: day(entity.attrib['startDate']),
    endDate: day(entity.attrib['endDate']),
    assignees: [...(entity.assignees ?? [])].sort().join(),
    ...Object.fromEntries(HIERARCHICAL.map((key) => [key, entity.attrib[key] ?? null])),
  };
  return Object.keys(wanted)
    .filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(actual[key]))
    .map(
      (key) => `${key} is ${JSON.stringify(actual[key])} in AYON, ${JSON.stringify(wanted[key])} in ftrack`,
    );
}

function parentOf(ftrack: FtrackSimulator, { data }: Row): string | null {
  const parent = asText(data['parent_id']);
  return ftrack.store.context(parent)?.type === 'Project' ? null : ayonId(parent);
}

function assigneesOf(ftrack: FtrackSimulator, { key }: Row): string {
  const rows = [...ftrack.store.tableOf('Appointment').where('context_id', key)];
  const names = rows.map(
    ({ data }) => ftrack.store.find('User', asText(data['resource_id']))?.data['username'],
  );
  return names.map(String).sort().join();
}

function storedValues(ftrack: FtrackSimulator, { key }: Row): Record<string, unknown> {
  const values = new Map<unknown, unknown>();
  for (const { data } of ftrack.store.tableOf('CustomAttributeValue').where('entity_id', key)) {
    const configuration = ftrack.store.find('CustomAttributeConfiguration', asText(data['configuration_id']));
    if (configuration?.data['is_hierarchical'] === true) {
      values.set(configuration.data['key'], data['value']);
    }
  }
  return Object.fromEntries(HIERARCHICAL.map((each) => [each, values.get(each) ?? null]));
}
