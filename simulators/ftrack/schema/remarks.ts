const entityType = 'Which entities have it: the name of their table.';
const superseded = 'Outdated; `link` says the same.';

/** What `query_schemas` says in words about attributes, by `<schema>.<attribute>`; subtypes have it too. */
export const remarks: Readonly<Record<string, string>> = {
  'Context._link': superseded,
  'AssetVersion._link': superseded,
  'UserSecurityRole.is_all_projects': 'Outdated; `is_all_open_projects` says the same.',
  'DashboardWidget.config': 'Settings of the widget as JSON text.',
  'CustomConfigurationBase.key':
    'The name by which programs know the attribute; unique within its entity type.',
  'CustomConfigurationBase.label': 'The name that people see.',
  'CustomConfigurationBase.entity_type': entityType,
  'CustomConfigurationBase.object_type_id': 'The one object type whose entities have it.',
  'CustomConfigurationBase.project_id': 'The one project whose entities have it.',
  'CustomConfigurationBase.core': 'Built in: it cannot be changed.',
  'CustomConfigurationBase.sort': 'Its place among others where people see them.',
  'CustomConfigurationBase.config': 'Settings of its type as JSON text.',
  'CustomAttributeConfiguration.default': 'What entities have as long as no value is stored for them.',
  'CustomAttributeConfiguration.is_hierarchical': 'Projects and everything below them have it.',
  'CustomAttributeLinkConfiguration.entity_type_to': entityType,
  'CustomAttributeType.name': 'What kind of values it stands for.',
  'CustomAttributeType.core': 'Built in: it cannot be changed.',
  'CustomAttributeGroup.name': 'The heading under which people see its attributes.',
  'List.system_type': 'What kind of entities the list holds.',
};
