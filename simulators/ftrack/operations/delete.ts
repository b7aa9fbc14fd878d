import type { Row } from '../store/table';
import type { Work } from './caller';
import { assertWritable } from './caller';

/** Rows that go when a row of the family goes: table and the column that holds its id. */
const dependents: Record<string, readonly (readonly [string, string])[]> = {
  Context: [
    ['Context', 'parent_id'],
    ['Appointment', 'context_id'],
    ['TypedContextLink', 'from_id'],
    ['TypedContextLink', 'to_id'],
    ['CustomAttributeValue', 'entity_id'],
    ['Metadata', 'parent_id'],
    ['Note', 'parent_id'],
    ['ListObject', 'entity_id'],
    ['Timelog', 'context_id'],
    ['Asset', 'context_id'],
    ['List', 'project_id'],
  ],
  Resource: [
    ['Appointment', 'resource_id'],
    ['Membership', 'user_id'],
    ['Membership', 'group_id'],
    ['UserSecurityRole', 'user_id'],
    ['CustomAttributeValue', 'entity_id'],
    ['Metadata', 'parent_id'],
  ],
  List: [
    ['ListObject', 'list_id'],
    ['CustomAttributeValue', 'entity_id'],
  ],
  Note: [
    ['Note', 'in_reply_to_id'],
    ['Metadata', 'parent_id'],
  ],
  Asset: [
    ['AssetVersion', 'asset_id'],
    ['Metadata', 'parent_id'],
  ],
  AssetVersion: [
    ['ListObject', 'entity_id'],
    ['CustomAttributeValue', 'entity_id'],
    ['Metadata', 'parent_id'],
    ['Note', 'parent_id'],
  ],
  CustomConfigurationBase: [['CustomAttributeValue', 'configuration_id']],
  TypedContextLink: [['Metadata', 'parent_id']],
  UserSecurityRole: [['UserSecurityRoleProject', 'user_security_role_id']],
};

/** Removes a row and, before it, everything that cannot exist without it. */
export function removeRow(work: Work, row: Row): void {
  assertWritable(work, row);
  const { store } = work.reader;
  const { family } = store.registry.get(row.type);
  for (const [type, column] of dependents[family] ?? []) {
    const table = store.tableOf(type);
    for (const dependent of table.where(column, row.key)) {
      // A cascade may already have taken it on another way.
      if (table.get(dependent.key) === dependent) {
        removeRow(work, dependent);
      }
    }
  }
  work.transaction.remove(row);
}
