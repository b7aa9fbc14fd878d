import type { Value } from '../values';
import type { Store } from './store';
import type { Row } from './table';

/** Families of which an entity can be what notes, metadata, custom values, links or list items hang on. */
const holderFamilies = [
  'Context',
  'AssetVersion',
  'Asset',
  'List',
  'ListObject',
  'Component',
  'Note',
  'ReviewSession',
  'ReviewSessionObject',
  'CalendarEvent',
  'Resource',
];

/** Columns that lead to what a row belongs to, in this order; without a family it can be of any of the above. */
const ownerColumns: readonly (readonly [column: string, family?: string])[] = [
  ['context_id', 'Context'],
  ['entity_id'],
  ['parent_id'],
  ['from_id'],
  ['list_id', 'List'],
  ['asset_id', 'Asset'],
  ['version_id', 'AssetVersion'],
  ['container_id', 'Component'],
  ['note_id', 'Note'],
  ['component_id', 'Component'],
  ['review_session_id', 'ReviewSession'],
  ['review_session_object_id', 'ReviewSessionObject'],
  ['calendar_event_id', 'CalendarEvent'],
  ['task_id', 'Context'],
];

/** From a recipient over note and version to the asset's project it takes four steps; broken data may go in circles. */
const maxSteps = 8;

function inFamily(store: Store, family: string, id: string): Row | undefined {
  return store.registry.has(family) ? store.tableOf(family).get(id) : undefined;
}

/** The entity on which other things hang, whatever its type. */
export function entityById(store: Store, id: Value | undefined): Row | undefined {
  if (typeof id !== 'string') {
    return undefined;
  }
  for (const family of holderFamilies) {
    const row = inFamily(store, family, id);
    if (row) {
      return row;
    }
  }
  return undefined;
}

/** What a row belongs to; undefined for what belongs to the whole workspace. */
export function ownerOf(store: Store, row: Row): Row | undefined {
  for (const [column, family] of ownerColumns) {
    const id = row.data[column];
    if (typeof id === 'string') {
      const owner = family === undefined ? entityById(store, id) : inFamily(store, family, id);
      if (owner && owner !== row) {
        return owner;
      }
    }
  }
  return undefined;
}

/** Id of the project to which a row belongs. */
export function projectIdOfRow(store: Store, row: Row): string | undefined {
  let current: Row | undefined = row;
  for (let step = 0; current && step < maxSteps; step += 1) {
    if (current.type === 'Project') {
      return current.key;
    }
    const direct = current.data['project_id'];
    if (typeof direct === 'string') {
      return direct;
    }
    current = ownerOf(store, current);
  }
  return undefined;
}
