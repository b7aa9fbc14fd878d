import { integrityError, validationError } from '../errors';
import { entityById } from '../store/ownership';
import type { Row } from '../store/table';
import type { Change } from '../store/transaction';
import type { Value } from '../values';
import { asText, nowStamp } from '../values';
import type { Work } from './caller';
import { mirrorLink } from './custom-links';
import { nextVersion, parentTypeOf, projectIdOf } from './defaults';

type Settle = (work: Work, change: Change) => void;

function differs(change: Change, column: string): boolean {
  const before = change.before?.[column] ?? null;
  return change.before === undefined || before !== (change.row.data[column] ?? null);
}

function setProject(work: Work, row: Row, projectId: Value | undefined): void {
  work.transaction.set(row, 'project_id', projectId ?? null);
  for (const note of work.reader.store.tableOf('Note').where('parent_id', row.key)) {
    work.transaction.set(note, 'project_id', projectId ?? null);
  }
}

function setAssetProject(work: Work, asset: Row, projectId: Value | undefined): void {
  setProject(work, asset, projectId);
  for (const version of work.reader.store.tableOf('AssetVersion').where('asset_id', asset.key)) {
    setProject(work, version, projectId);
  }
}

function assertNoCycle(work: Work, row: Row): void {
  const above = work.reader.chain(row);
  if (above.some((context) => context.data['parent_id'] === row.key)) {
    throw validationError(`${row.type} ${row.key} cannot be moved below itself.`);
  }
}

/** A context has a parent, is not below itself, and belongs with all that it holds to the project of its parent. */
const context: Settle = (work, change) => {
  const { row } = change;
  const { store } = work.reader;
  const parentId = row.data['parent_id'];
  if (row.type === 'Project' || !differs(change, 'parent_id')) {
    return;
  }
  if (!store.context(parentId)) {
    throw integrityError(`${row.type} ${row.key} needs a parent; there is no context ${asText(parentId)}.`);
  }
  assertNoCycle(work, row);
  const projectId = projectIdOf(work, parentId);
  for (const below of [row, ...work.reader.below(row)]) {
    setProject(work, below, projectId);
    for (const asset of store.tableOf('Asset').where('context_id', below.key)) {
      setAssetProject(work, asset, projectId);
    }
  }
};

const asset: Settle = (work, change) => {
  if (differs(change, 'context_id')) {
    setAssetProject(work, change.row, projectIdOf(work, change.row.data['context_id']));
  }
};

/** A version can come to its asset after its creation, through the asset's collection. */
const assetVersion: Settle = (work, { row }) => {
  const assetId = row.data['asset_id'];
  const owner = typeof assetId === 'string' ? work.reader.store.find('Asset', assetId) : undefined;
  if (owner && typeof row.data['version'] !== 'number') {
    work.transaction.set(row, 'version', nextVersion(work, assetId));
  }
  if (owner && row.data['project_id'] !== owner.data['project_id']) {
    setProject(work, row, owner.data['project_id']);
  }
};

/** The note at the top of a thread. */
function threadStart(work: Work, note: Row): Row {
  const seen = new Set<Row>();
  let current = note;
  while (!seen.has(current)) {
    seen.add(current);
    current = work.reader.store.find('Note', asText(current.data['in_reply_to_id'])) ?? current;
  }
  return current;
}

/** A reply stands on the same entity as what it replies to, and is activity of the whole thread. */
function reply(work: Work, { row, before }: Change): void {
  const start = threadStart(work, row);
  if (start === row) {
    return;
  }
  if (typeof row.data['parent_id'] !== 'string') {
    work.transaction.set(row, 'parent_id', start.data['parent_id'] ?? null);
  }
  if (before === undefined) {
    work.transaction.set(start, 'thread_activity', row.data['date'] ?? nowStamp());
  }
}

/** Who writes a note always receives it: clients count on finding themselves among the recipients. */
function receive(work: Work, row: Row): void {
  const { store } = work.reader;
  const link = { note_id: row.key, resource_id: work.caller.userId };
  if (!store.find('Recipient', store.keyOf('Recipient', link))) {
    work.transaction.insert('Recipient', link);
  }
}

const note: Settle = (work, change) => {
  const { row } = change;
  reply(work, change);
  const owner = differs(change, 'parent_id')
    ? entityById(work.reader.store, row.data['parent_id'])
    : undefined;
  if (owner) {
    work.transaction.set(row, 'parent_type', parentTypeOf(work, owner));
    work.transaction.set(row, 'project_id', work.reader.store.projectOf(owner) ?? null);
  }
  if (change.before === undefined && work.reader.store.registry.has('Recipient')) {
    receive(work, row);
  }
};

/** Older clients see the first label of a note as its category. */
const noteLabel: Settle = (work, { row }) => {
  const { store } = work.reader;
  const owner = store.find('Note', asText(row.data['note_id']));
  if (owner) {
    const [first] = store.tableOf('NoteLabelLink').where('note_id', owner.key);
    work.transaction.set(owner, 'category_id', first?.data['label_id'] ?? null);
  }
};

const metadata: Settle = (work, { row }) => {
  const owner = entityById(work.reader.store, row.data['parent_id']);
  if (owner && typeof row.data['parent_type'] !== 'string') {
    work.transaction.set(row, 'parent_type', owner.type);
  }
};

const listObject: Settle = (work, { row }) => {
  if (!entityById(work.reader.store, row.data['entity_id'])) {
    throw integrityError(
      `Attribute entity_id of ListObject ${row.key} names no entity: ${asText(row.data['entity_id'])}.`,
    );
  }
};

const job: Settle = (work, change) => {
  const isOver = ['done', 'failed'].includes(asText(change.row.data['status']));
  if (isOver && differs(change, 'status') && !differs(change, 'finished_at')) {
    work.transaction.set(change.row, 'finished_at', nowStamp());
  }
};

/** In this order: a moved context takes its assets along, these their versions, all of them their notes. */
const steps: readonly (readonly [type: string, settle: Settle])[] = [
  ['Context', context],
  ['Asset', asset],
  ['AssetVersion', assetVersion],
  ['Note', note],
  ['Metadata', metadata],
  ['Job', job],
  ['ListObject', listObject],
];

/**
 * What the server derives once all operations of a batch are done, because it depends on what came later in it.
 *
 * @throws FtrackError when it cannot be derived
 */
export function settleBatch(work: Work): void {
  const { registry } = work.reader.store;
  for (const [type, settle] of steps) {
    for (const change of work.transaction.changes()) {
      if (!change.removed && registry.get(change.row.type).lineage.has(type)) {
        settle(work, change);
      }
    }
  }
  for (const change of work.transaction.changes()) {
    if (change.row.type === 'NoteLabelLink') {
      noteLabel(work, change);
    } else if (registry.get(change.row.type).family === 'CustomAttributeLink') {
      mirrorLink(work, change);
    }
  }
}
