import { defaultPriorityId } from '../schema/contexts';
import type { EntitySchema } from '../schema/registry';
import { entityById } from '../store/ownership';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { nowStamp } from '../values';
import type { Work } from './caller';
import { firstOffered } from './workflow';

type Defaults = (work: Work, data: Data, schema: EntitySchema) => void;

/** How long a review session is open when its maker does not say; ftrack's own figure is not known. */
const reviewDays = 30;

function fill(data: Data, name: string, value: Value | undefined): void {
  if ((data[name] === undefined || data[name] === null) && value !== undefined) {
    data[name] = value;
  }
}

/** Id of the project of the context whose id is given. */
export function projectIdOf(work: Work, contextId: Value | undefined): string | undefined {
  const context = work.reader.store.context(contextId);
  return context && work.reader.store.projectOf(context);
}

/** How notes and metadata name the type of what they hang on. */
export function parentTypeOf(work: Work, owner: Row): string {
  const { lineage, family } = work.reader.store.registry.get(owner.type);
  return lineage.has('TypedContext') ? 'TypedContext' : family === 'Context' ? owner.type : family;
}

const typedContext: Defaults = (work, data, schema) => {
  const { store } = work.reader;
  fill(data, 'context_type', 'task');
  fill(data, 'project_id', projectIdOf(work, data['parent_id']));
  fill(data, 'type_id', firstOffered(store, schema.id, { data, kind: 'type' }));
  fill(data, 'status_id', firstOffered(store, schema.id, { data, kind: 'status' }));
  fill(data, 'priority_id', defaultPriorityId);
};

const project: Defaults = (work, data) => {
  fill(data, 'context_type', 'show');
  fill(data, 'project_id', data['id']);
  fill(data, 'full_name', data['name']);
  fill(data, 'status', 'active');
  const [first] = work.reader.store.tableOf('ProjectSchema').all();
  fill(data, 'project_schema_id', first?.key);
};

const byCaller: Defaults = (work, data) => {
  fill(data, 'user_id', work.caller.userId);
};

const note: Defaults = (work, data, schema) => {
  byCaller(work, data, schema);
  fill(data, 'date', nowStamp());
  fill(data, 'thread_activity', data['date']);
};

const list: Defaults = (work, data, schema) => {
  byCaller(work, data, schema);
  fill(data, 'date', nowStamp());
};

/** The highest number among the versions of the asset, plus one. */
export function nextVersion(work: Work, assetId: Value | undefined): number {
  const versions = [...work.reader.store.tableOf('AssetVersion').where('asset_id', assetId)];
  return Math.max(0, ...versions.map((version) => Number(version.data['version'] ?? 0))) + 1;
}

const assetVersion: Defaults = (work, data, schema) => {
  const { store } = work.reader;
  const assetId = data['asset_id'];
  const asset = typeof assetId === 'string' ? store.find('Asset', assetId) : undefined;
  fill(data, 'version', asset && nextVersion(work, assetId));
  fill(data, 'project_id', asset?.data['project_id']);
  fill(data, 'date', nowStamp());
  byCaller(work, data, schema);
  fill(data, 'status_id', firstOffered(store, schema.id, { data, kind: 'status' }));
};

const componentTypes: Readonly<Record<string, string>> = {
  FileComponent: 'file',
  SequenceComponent: 'sequence',
  ContainerComponent: 'container',
};

const reviewSession: Defaults = (_work, data) => {
  fill(data, 'start_date', nowStamp());
  const end = new Date(Date.now() + reviewDays * 24 * 3_600_000);
  fill(data, 'end_date', end.toISOString().slice(0, 19));
};

const reviewSessionObject: Defaults = (work, data) => {
  const { store } = work.reader;
  const others = [
    ...store.tableOf('ReviewSessionObject').where('review_session_id', data['review_session_id']),
  ];
  fill(data, 'sort_order', Math.max(-1, ...others.map((row) => Number(row.data['sort_order'] ?? 0))) + 1);
};

const customLink: Defaults = (work, data) => {
  for (const side of ['from', 'to'] as const) {
    fill(data, `${side}_entity_type`, entityById(work.reader.store, data[`${side}_id`])?.type);
  }
};

/** Applied in this order to every schema whose lineage has the name. */
const byType: readonly [string, Defaults][] = [
  ['Project', project],
  ['TypedContext', typedContext],
  ['User', (_work, data) => fill(data, 'username', data['id'])],
  ['Collaborator', (_work, data) => fill(data, 'resource_type', 'collaborator')],
  ['Note', note],
  ['List', list],
  ['Asset', (work, data) => fill(data, 'project_id', projectIdOf(work, data['context_id']))],
  ['AssetVersion', assetVersion],
  ['Component', (_work, data, schema) => fill(data, 'system_type', componentTypes[schema.id])],
  ['Job', byCaller],
  ['Timelog', byCaller],
  ['Timer', byCaller],
  ['Timer', (_work, data) => fill(data, 'start', nowStamp())],
  ['StatusChange', (_work, data) => fill(data, 'date', nowStamp())],
  ['ReviewSession', reviewSession],
  ['ReviewSessionObject', reviewSessionObject],
  ['CustomAttributeLink', customLink],
];

function schemaDefaults(schema: EntitySchema, data: Data): void {
  for (const attribute of schema.attributes.values()) {
    const initial = attribute.kind === 'scalar' ? attribute.initial : undefined;
    if (initial !== undefined && data[attribute.name] === undefined) {
      data[attribute.name] = initial === '{uid}' ? crypto.randomUUID() : initial;
    }
  }
}

/** Who made an entity and when, for all schemas that say so. */
function fillMaker(work: Work, schema: EntitySchema, data: Data): void {
  if (schema.attributes.has('created_at')) {
    fill(data, 'created_at', nowStamp());
  }
  if (schema.attributes.has('created_by_id')) {
    fill(data, 'created_by_id', work.caller.userId);
  }
}

/** Fills what the client left out and the server knows: schema defaults, then what depends on other entities. */
export function applyDefaults(work: Work, schema: EntitySchema, data: Data): void {
  schemaDefaults(schema, data);
  fillMaker(work, schema, data);
  for (const [type, defaults] of byType) {
    if (schema.lineage.has(type)) {
      defaults(work, data, schema);
    }
  }
}
