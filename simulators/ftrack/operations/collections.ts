import { validationError } from '../errors';
import type { CollectionAttribute } from '../schema/notation';
import type { Row } from '../store/table';
import { asText } from '../values';
import type { Work } from './caller';
import { assertWritable } from './caller';
import { removeRow } from './delete';

/** Makes the members of a collection exactly the given ones; missing members are detached. */
export function replaceMembers(
  work: Work,
  row: Row,
  task: { attribute: CollectionAttribute; keys: readonly string[] },
): void {
  const { attribute, keys } = task;
  if (attribute.via) {
    replaceLinks(work, row, { attribute, via: attribute.via, keys });
    return;
  }
  const wanted = new Set(keys);
  for (const member of work.reader.members(row, attribute)) {
    if (!wanted.delete(member.key)) {
      detach(work, member, attribute);
    }
  }
  for (const key of wanted) {
    attach(work, row, { attribute, member: find(work, attribute, key) });
  }
}

function find(work: Work, attribute: CollectionAttribute, key: string): Row {
  const member = work.reader.store.find(attribute.target, key);
  if (!member) {
    throw validationError(`There is no ${attribute.target} ${key} for attribute ${attribute.name}.`);
  }
  assertWritable(work, member);
  return member;
}

function attach(work: Work, row: Row, task: { attribute: CollectionAttribute; member: Row }): void {
  const { attribute, member } = task;
  const { column, filter } = attribute;
  if (member.data[column] === row.key && !filter) {
    return;
  }
  if (work.reader.store.registry.get(member.type).primaryKey.includes(column)) {
    throw validationError(
      `${member.type} ${member.key} cannot become one of ${attribute.name}: ${column} is part of its key.`,
    );
  }
  work.transaction.set(member, column, row.key);
  if (filter) {
    work.transaction.set(member, filter.column, filter.value);
  }
}

/** A member whose key holds the owner cannot live without it. */
function detach(work: Work, member: Row, attribute: CollectionAttribute): void {
  const schema = work.reader.store.registry.get(member.type);
  const column = schema.attributes.get(attribute.column);
  if (schema.primaryKey.includes(attribute.column) || column?.required === true) {
    removeRow(work, member);
  } else {
    work.transaction.set(member, attribute.column, null);
  }
}

function replaceLinks(
  work: Work,
  row: Row,
  task: {
    attribute: CollectionAttribute;
    via: NonNullable<CollectionAttribute['via']>;
    keys: readonly string[];
  },
): void {
  const { attribute, via } = task;
  const wanted = new Set(task.keys);
  for (const link of work.reader.store.tableOf(via.schema).where(via.own, row.key)) {
    if (!wanted.delete(asText(link.data[via.other]))) {
      removeRow(work, link);
    }
  }
  const needsId = work.reader.store.registry.get(via.schema).primaryKey.includes('id');
  for (const key of wanted) {
    find(work, attribute, key);
    const id = needsId ? { id: crypto.randomUUID() } : {};
    work.transaction.insert(via.schema, { ...id, [via.own]: row.key, [via.other]: key });
  }
}
