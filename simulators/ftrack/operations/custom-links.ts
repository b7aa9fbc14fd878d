import { duplicateError, integrityError, validationError } from '../errors';
import { entityById } from '../store/ownership';
import type { Row } from '../store/table';
import type { Change } from '../store/transaction';
import type { Data } from '../values';
import { asText } from '../values';
import type { Work } from './caller';

/** The name that schemas of links give to the kind of entity at one end. */
function kindOf(work: Work, entity: Row): string {
  const { family } = work.reader.store.registry.get(entity.type);
  return family === 'Resource' ? entity.type : family;
}

function endOf(work: Work, data: Readonly<Data>, side: 'from' | 'to'): Row {
  const id = data[`${side}_id`];
  const entity = entityById(work.reader.store, id);
  if (!entity) {
    throw integrityError(
      `A custom attribute link leads ${side} an entity that does not exist: ${asText(id)}.`,
    );
  }
  return entity;
}

/** @returns the schema under which a link to this entity is stored: it depends on what it leads to */
export function linkType(work: Work, data: Readonly<Record<string, unknown>>): string {
  const target = endOf(work, data as Data, 'to');
  const type = `${kindOf(work, target)}CustomAttributeLink`;
  if (!work.reader.store.registry.has(type)) {
    throw validationError(`Custom attribute links cannot lead to ${target.type} ${target.key}.`);
  }
  return type;
}

function assertFits(work: Work, configuration: Row, task: { entity: Row; side: 'from' | 'to' }): void {
  const { entity, side } = task;
  const suffix = side === 'to' ? '_to' : '';
  const entityType = configuration.data[`entity_type${suffix}`];
  const objectType = configuration.data[`object_type_id${suffix}`] ?? null;
  const isFit =
    work.reader.customValues.isConfiguredAs(entity, asText(entityType)) &&
    (objectType === null || objectType === entity.data['object_type_id']);
  if (!isFit) {
    throw validationError(
      `Custom attribute link ${asText(configuration.data['key'])} cannot lead ${side} ${entity.type} ${entity.key}.`,
    );
  }
}

function assertSingle(work: Work, row: Row): void {
  const links = [...work.reader.store.tableOf('CustomAttributeLink').where('from_id', row.data['from_id'])];
  const others = links.filter(
    (link) => link !== row && link.data['configuration_id'] === row.data['configuration_id'],
  );
  if (others.length > 0) {
    throw duplicateError(
      `Duplicate entry: ${asText(row.data['from_id'])} has a link of custom attribute ${asText(row.data['configuration_id'])}, which allows one.`,
    );
  }
}

function checkLink(work: Work, row: Row): void {
  const id = asText(row.data['configuration_id']);
  const configuration = work.reader.store.find('CustomAttributeLinkConfiguration', id);
  if (!configuration) {
    throw integrityError(`There is no custom attribute link configuration ${id}.`);
  }
  for (const side of ['from', 'to'] as const) {
    assertFits(work, configuration, { entity: endOf(work, row.data, side), side });
  }
  if (configuration.data['one_to_one'] === true) {
    assertSingle(work, row);
  }
}

/**
 * Checks a link and keeps its other face: the same link as the entity at its end sees it
 * (`custom_attribute_links_from`), under the schema for where it comes from.
 */
export function mirrorLink(work: Work, change: Change): void {
  const { row, removed } = change;
  const { store } = work.reader;
  const mirror = store.tableOf('CustomAttributeLinkFrom').get(row.key);
  if (mirror) {
    work.transaction.remove(mirror);
  }
  if (!removed) {
    checkLink(work, row);
    const type = `${kindOf(work, endOf(work, row.data, 'from'))}CustomAttributeLinkFrom`;
    work.transaction.insert(type, { ...row.data });
  }
}
