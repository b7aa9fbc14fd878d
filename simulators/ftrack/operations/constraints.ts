import { duplicateError, integrityError, validationError } from '../errors';
import type { EntitySchema } from '../schema/registry';
import type { Row } from '../store/table';
import { typeIndex } from '../store/table';
import type { Change } from '../store/transaction';
import type { Value } from '../values';
import { asText, folded, isRecord } from '../values';
import type { Work } from './caller';
import { assertWritable } from './caller';
import { releaseReferences } from './references';
import { settleBatch } from './settle';

/** Single columns whose text is unique within the type, ignoring case. */
const unique: Readonly<Record<string, string>> = { Project: 'name', User: 'username', Timer: 'user_id' };

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

/** What tells a type apart, such as the object type of a shot, is the same in all its entities. */
function checkClassifier({ row }: Change, schema: EntitySchema): void {
  const { classifier } = schema.definition;
  const value = classifier && row.data[classifier.column];
  if (classifier && value !== classifier.value) {
    throw validationError(
      `Attribute ${classifier.column} of ${row.type} ${row.key} must be ${classifier.value}, not ${asText(value)}.`,
    );
  }
}

/** How often each name occurs below a parent at the end of a batch; counted once per parent. */
class SiblingNames {
  private readonly work: Work;
  private readonly byParent = new Map<Value | undefined, Map<string, number>>();

  constructor(work: Work) {
    this.work = work;
  }

  /** Names below one parent are unique, ignoring case. */
  check({ row, before }: Change): void {
    const { name: rawName, parent_id: parentId } = row.data;
    if (row.type === 'Project' || (before?.['parent_id'] === parentId && before?.['name'] === rawName)) {
      return;
    }
    if ((this.below(parentId).get(folded(asText(rawName))) ?? 0) > 1) {
      throw duplicateError(
        `Duplicate entry: ${row.type} ${JSON.stringify(rawName)} exists below ${asText(parentId)}.`,
      );
    }
  }

  private below(parentId: Value | undefined): ReadonlyMap<string, number> {
    const known = this.byParent.get(parentId);
    if (known) {
      return known;
    }
    const names = new Map<string, number>();
    for (const { data } of this.work.reader.store.tableOf('Context').where('parent_id', parentId)) {
      const name = folded(asText(data['name']));
      names.set(name, (names.get(name) ?? 0) + 1);
    }
    this.byParent.set(parentId, names);
    return names;
  }
}

function checkUnique(work: Work, { row, before }: Change): void {
  const column = unique[row.type];
  if (column === undefined || (before !== undefined && before[column] === row.data[column])) {
    return;
  }
  const text = folded(asText(row.data[column]));
  for (const other of work.reader.store.tableOf(row.type).where(typeIndex, row.type)) {
    if (other !== row && folded(asText(other.data[column])) === text) {
      throw duplicateError(
        `Duplicate entry: ${row.type} with ${column} ${JSON.stringify(row.data[column])} exists.`,
      );
    }
  }
}

/** Values are checked against this text later; it must be the object that the types of custom attributes need. */
function checkConfiguration({ row }: Change): void {
  try {
    if (isRecord(JSON.parse(asText(row.data['config'])))) {
      return;
    }
  } catch {
    // Refused below like any other text that is no object.
  }
  throw validationError(
    `Attribute config of ${row.type} ${row.key} is not the JSON text of an object: ${asText(row.data['config'])}.`,
  );
}

function checkRow(work: Work, change: Change, siblings: SiblingNames): void {
  const schema = work.reader.store.registry.get(change.row.type);
  checkRequired(change.row, schema);
  checkClassifier(change, schema);
  checkReferences(work, change, schema);
  checkUnique(work, change);
  if (schema.family === 'Context') {
    siblings.check(change);
  } else if (schema.family === 'CustomConfigurationBase') {
    checkConfiguration(change);
  }
  // Whoever may write a value need not be allowed to read it.
  if (!schema.attributes.has('configuration_id')) {
    assertWritable(work, change.row);
  }
}

/** The checks that the server makes once, at the end of a batch. */
export function checkBatch(work: Work): void {
  settleBatch(work);
  for (const change of work.transaction.changes()) {
    if (change.removed) {
      releaseReferences(work, change.row);
    }
  }
  const siblings = new SiblingNames(work);
  for (const change of work.transaction.changes()) {
    if (!change.removed) {
      checkRow(work, change, siblings);
    }
  }
}
