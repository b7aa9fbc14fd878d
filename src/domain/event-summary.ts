import type { FtrackEntity, FtrackEvent } from '../contracts/messages';
import { utf8Bytes } from './split';

/** @internal */
export const SUMMARY_BYTES = 200;

const VERBS: Readonly<Record<string, string>> = {
  add: 'added',
  update: 'changed',
  remove: 'removed',
  move: 'moved',
  encoded: 'finished encoding',
};

/** Legacy table families, for events that name no schema type. */
const KINDS: Readonly<Record<string, string>> = {
  show: 'Project',
  task: 'entity',
  assetversion: 'AssetVersion',
  asset: 'Asset',
  appointment: 'assignment',
  dependency: 'link',
  list: 'List',
  listobject: 'list item',
  note: 'Note',
  user: 'User',
  userroleproject: 'user role',
  reviewsessionobject: 'review item',
};

/** Legacy column names that people would not know. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  statusid: 'status',
  typeid: 'type',
  object_typeid: 'object type',
  priorityid: 'priority',
  showid: 'project',
  project_id: 'project',
  parent_id: 'parent',
  thumbid: 'thumbnail',
  startdate: 'start date',
  enddate: 'end date',
  bid: 'bid',
  fullname: 'full name',
};

/** Columns that are always set together with another one and say nothing by themselves. */
const SILENT = new Set(['id', 'taskid', 'created_at', 'created_by', 'sort', 'modified_at', 'modified_by']);

/**
 * One line that tells a person what an event was about, from what the event itself holds: "bob changed Shot sh010:
 * status". Names of attributes are given, values never: a studio may keep anything in them.
 * @returns at most {@link SUMMARY_BYTES} bytes, without line breaks and markup.
 */
export function eventSummary(event: FtrackEvent): string {
  const who = event.user.name ?? event.user.id ?? 'ftrack';
  const [first] = event.entities;
  if (first === undefined) {
    return shortened(`${who}: ${event.topic}`);
  }
  return shortened(event.entities.length === 1 ? `${who} ${one(first)}` : `${who} ${many(event.entities)}`);
}

function one(entity: FtrackEntity): string {
  const name = nameOf(entity);
  const what = name === undefined ? kindOf(entity) : `${kindOf(entity)} ${name}`;
  const keys = attributesOf([entity]);
  if (entity.action !== 'update') {
    return `${verbOf(entity)} ${what}`;
  }
  if (keys.length === 0) {
    return `changed ${what}`;
  }
  return name === undefined ? `set ${what} ${keys.join(', ')}` : `set ${what}: ${keys.join(', ')}`;
}

function many(entities: readonly FtrackEntity[]): string {
  const actions = new Set(entities.map(verbOf));
  const [verb = 'changed'] = actions;
  const kinds = new Map<string, number>();
  for (const entity of entities) {
    kinds.set(kindOf(entity), (kinds.get(kindOf(entity)) ?? 0) + 1);
  }
  const list = [...kinds].map(([kind, count]) => `${count} × ${kind}`).join(', ');
  const keys = attributesOf(entities.filter(({ action }) => action === 'update'));
  return `${actions.size === 1 ? verb : 'changed'} ${list}${keys.length === 0 ? '' : `: ${keys.join(', ')}`}`;
}

/** Words come from outside: `constructor` is none of a table's own. */
const wordIn = (table: Readonly<Record<string, string>>, word: string): string =>
  (Object.hasOwn(table, word) ? table[word] : undefined) ?? word;

const verbOf = ({ action }: FtrackEntity): string => wordIn(VERBS, action);

const kindOf = (entity: FtrackEntity): string => entity.entity_type ?? wordIn(KINDS, entity.entityType);

function nameOf({ changes }: FtrackEntity): string | undefined {
  const change = changes?.['name'] ?? changes?.['fullname'];
  return [change?.new, change?.old].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
}

function attributesOf(entities: readonly FtrackEntity[]): string[] {
  const keys = entities.flatMap((entity) => entity.keys ?? Object.keys(entity.changes ?? {}));
  return [...new Set(keys)].filter((key) => !SILENT.has(key)).map((key) => wordIn(ATTRIBUTES, key));
}

/** Control characters and what the Temporal UI would read as markup become spaces. */
function shortened(text: string): string {
  const clean = text
    .replace(/[\p{Cc}\p{Cs}<>[\]`*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (utf8Bytes(clean) <= SUMMARY_BYTES) {
    return clean;
  }
  let bytes = 3;
  let kept = '';
  for (const character of clean) {
    bytes += utf8Bytes(character);
    if (bytes > SUMMARY_BYTES) {
      break;
    }
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
