import { duplicateError, integrityError, validationError } from '../errors';
import type { EntitySchema } from '../schema/registry';
import type { Row } from '../store/table';
import type { Change } from '../store/transaction';
import { asText, folded } from '../values';
import type { Work } from './caller';
import { projectIdOf } from './defaults';

/** Single columns whose text is unique within the family, ignoring case. */
const unique: Record<string, string> = { Project: 'name', User: 'username' };

function checkRequired(row: Row, schema: EntitySchema): void {
  for (const attribute of schema.attributes.values()) {
    if (attribute.kind === 'scalar' && attribute.required && !attribute.computed) {
      const value = row.data[attribute.name];
      if (value === undefined || value === null) {
        throw integrityError(`Attribute ${attribute.name} of ${row.type} ${row.key} must have a value.`);
      }
    }
  }
}

function checkReferences(work: Work, change: Change, schema: EntitySchema): void {
  const { row, before } = change;
  for (const attribute of schema.attributes.values()) {
    const target = attribute.kind === 'scalar' ? attribute.target : undefined;
    const value = row.data[attribute.name];
    if (target === undefined || typeof value !== 'string' || before?.[attribute.name] === value) {
      continue;
    }
    if (!work.reader.store.find(target, value)) {
      throw integrityError(
        `Attribute ${attribute.name} of ${row.type} ${row.key} names no ${target}: ${value}.`,
      );
    }
  }
}

function checkSiblings(work: Work, row: Row): void {
  const name = folded(asText(row.data['name']));
  for (const sibling of work.reader.store.tableOf('Context').where('parent_id', row.data['parent_id'])) {
    if (sibling !== row && folded(asText(sibling.data['name'])) === name) {
      throw duplicateError(
        `Duplicate entry: ${row.type} ${JSON.stringify(row.data['name'])} exists below ${asText(row.data['parent_id'])}.`,
      );
    }
  }
}

function checkUnique(work: Work, row: Row): void {
  const column = unique[row.type];
  if (column === undefined) {
    return;
  }
  const text = folded(asText(row.data[column]));
  for (const other of work.reader.store.tableOf(row.type).all()) {
    if (other !== row && other.type === row.type && folded(asText(other.data[column])) === text) {
      throw duplicateError(
        `Duplicate entry: ${row.type} with ${column} ${JSON.stringify(row.data[column])} exists.`,
      );
    }
  }
}

/** A context has a parent, is not below itself, and belongs to the project of its parent. */
function settleContext(work: Work, change: Change): void {
  const { row, before } = change;
  const { store } = work.reader;
  const parentId = row.data['parent_id'];
  if (!store.context(parentId)) {
    throw integrityError(`${row.type} ${row.key} needs a parent; there is no context ${asText(parentId)}.`);
  }
  const isMove = before === undefined || before['parent_id'] !== parentId;
  if (isMove) {
    assertNoCycle(work, row);
    const projectId = projectIdOf(work, parentId);
    for (const context of [row, ...work.reader.below(row)]) {
      work.transaction.set(context, 'project_id', projectId);
    }
  }
  if (isMove || before['name'] !== row.data['name']) {
    checkSiblings(work, row);
  }
}

function assertNoCycle(work: Work, row: Row): void {
  if (work.reader.chain(row).some((context) => context !== row && context.data['parent_id'] === row.key)) {
    throw validationError(`${row.type} ${row.key} cannot be moved below itself.`);
  }
}

/** The checks that the server makes once, at the end of a batch. */
export function checkBatch(work: Work): void {
  for (const change of work.transaction.changes()) {
    if (change.removed) {
      continue;
    }
    const schema = work.reader.store.registry.get(change.row.type);
    if (schema.lineage.has('TypedContext')) {
      settleContext(work, change);
    }
    checkRequired(change.row, schema);
    checkReferences(work, change, schema);
    checkUnique(work, change.row);
  }
}
