import type { Store } from '../store/store';
import type { Row } from '../store/table';
import type { Work } from './caller';
import { assertWritable } from './caller';
import { referencesTo } from './references';

type Owned = readonly (readonly [table: string, column: string])[];

/** What can hang on an entity of any type. */
const onAnything: Owned = [
  ['CustomAttributeValue', 'entity_id'],
  ['Metadata', 'parent_id'],
  ['CustomAttributeLink', 'from_id'],
  ['CustomAttributeLink', 'to_id'],
  ['EntitySetting', 'parent_id'],
];

/** Rows that go when a row of the family goes, besides links that have its id in their key. */
const owned: Readonly<Record<string, Owned>> = {
  Context: [
    ['Context', 'parent_id'],
    ['Appointment', 'context_id'],
    ['TypedContextLink', 'from_id'],
    ['TypedContextLink', 'to_id'],
    ['Note', 'parent_id'],
    ['ListObject', 'entity_id'],
    ['Timelog', 'context_id'],
    ['Timer', 'context_id'],
    ['Asset', 'context_id'],
    ['Manager', 'context_id'],
    ['SplitTaskPart', 'task_id'],
    ['StatusChange', 'parent_id'],
    ['List', 'project_id'],
    ['ReviewSession', 'project_id'],
    ['ReviewSessionFolder', 'project_id'],
    ['CalendarEvent', 'project_id'],
    ['UserSecurityRoleProject', 'project_id'],
    ['CustomConfigurationBase', 'project_id'],
  ],
  Resource: [
    ['Appointment', 'resource_id'],
    ['Membership', 'user_id'],
    ['Membership', 'group_id'],
    ['UserSecurityRole', 'user_id'],
    ['Timer', 'user_id'],
    ['Manager', 'user_id'],
    ['CalendarEventResource', 'resource_id'],
    ['DashboardResource', 'resource_id'],
    ['ApiKey', 'resource_id'],
    ['UserSession', 'user_id'],
    ['UserApplicationState', 'user_id'],
  ],
  Asset: [['AssetVersion', 'asset_id']],
  AssetVersion: [
    ['Component', 'version_id'],
    ['Note', 'parent_id'],
    ['ListObject', 'entity_id'],
    ['AssetVersionLink', 'from_id'],
    ['AssetVersionLink', 'to_id'],
    ['ReviewSessionObject', 'version_id'],
    ['StatusChange', 'parent_id'],
  ],
  Component: [
    ['Component', 'container_id'],
    ['ComponentLocation', 'component_id'],
  ],
  Location: [['ComponentLocation', 'location_id']],
  List: [['ListObject', 'list_id']],
  Note: [['Note', 'in_reply_to_id']],
  ReviewSession: [
    ['ReviewSessionObject', 'review_session_id'],
    ['ReviewSessionInvitee', 'review_session_id'],
  ],
  ReviewSessionObject: [
    ['Note', 'parent_id'],
    ['ReviewSessionObjectStatus', 'review_session_object_id'],
    ['ReviewSessionObjectAnnotation', 'review_session_object_id'],
  ],
  ReviewSessionInvitee: [['ReviewSessionObjectStatus', 'review_session_invitee_id']],
  CalendarEvent: [['CalendarEventResource', 'calendar_event_id']],
  CustomConfigurationBase: [
    ['CustomAttributeValue', 'configuration_id'],
    ['CustomAttributeLink', 'configuration_id'],
  ],
  SecurityRole: [['UserSecurityRole', 'security_role_id']],
  UserSecurityRole: [['UserSecurityRoleProject', 'user_security_role_id']],
  ProjectSchema: [
    ['Schema', 'project_schema_id'],
    ['ProjectSchemaOverride', 'project_schema_id'],
    ['TaskTemplate', 'project_schema_id'],
  ],
  TaskTemplate: [['TaskTemplateItem', 'template_id']],
  Dashboard: [
    ['DashboardWidget', 'dashboard_id'],
    ['DashboardResource', 'dashboard_id'],
  ],
};

/** Every table and column by which something belongs to something else. */
export function ownedColumns(): Owned {
  return [...onAnything, ...Object.values(owned).flat()];
}

function* dependents(store: Store, row: Row): Iterable<Row> {
  const { registry } = store;
  const { family } = registry.get(row.type);
  const links = referencesTo(registry, family).filter(({ inKey }) => inKey);
  const columns = [
    ...(owned[family] ?? []),
    ...onAnything,
    ...links.map(({ type, column }) => [type, column] as const),
  ];
  for (const [type, column] of columns) {
    if (registry.has(type)) {
      yield* store.tableOf(type).where(column, row.key);
    }
  }
}

/** Removes a row and, before it, everything that cannot exist without it. */
export function removeRow(work: Work, row: Row): void {
  assertWritable(work, row);
  const { store } = work.reader;
  // Walked in the order of insertion, what is added meanwhile included; within a batch contexts can form a circle.
  const going = new Set([row]);
  for (const next of going) {
    for (const dependent of dependents(store, next)) {
      going.add(dependent);
    }
  }
  for (const next of [...going].reverse()) {
    work.transaction.remove(next);
  }
}
