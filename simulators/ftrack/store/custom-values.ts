import type { Value } from '../values';
import type { Store } from './store';
import type { Row } from './table';

const denseTypes: Readonly<Record<string, string>> = {
  Asset: 'AssetCustomAttributeValue',
  ListObject: 'ListObjectCustomAttributeValue',
  Context: 'ContextCustomAttributeValue',
  Resource: 'UserCustomAttributeValue',
  List: 'ListCustomAttributeValue',
  AssetVersion: 'AssetVersionCustomAttributeValue',
};

const configuredOn: Readonly<Record<string, string>> = {
  Asset: 'asset',
  Component: 'component',
  ContainerComponent: 'component',
  FileComponent: 'component',
  Group: 'group',
  SequenceComponent: 'component',
  ListObject: 'listobject',
  Project: 'show',
  User: 'user',
  TypedContextList: 'list',
  AssetVersionList: 'list',
  AssetVersion: 'assetversion',
};

/** The table name under which custom attributes of an entity are configured; empty where there are none. */
function configuredAs(row: Row): string {
  return configuredOn[row.type] ?? (row.data['object_type_id'] === undefined ? '' : 'task');
}

/** Where hierarchical ones apply, as the Python client has it: down to the versions of assets. */
const hierarchy: ReadonlySet<string> = new Set(['show', 'task', 'asset', 'assetversion']);

function applies(configuration: Row, row: Row): boolean {
  const { data, type } = configuration;
  // Configurations of links are in the same table, but links are no values.
  if (type !== 'CustomAttributeConfiguration') {
    return false;
  }
  const entityType = configuredAs(row);
  if (data['is_hierarchical'] === true) {
    return hierarchy.has(entityType);
  }
  const objectType = data['object_type_id'] ?? null;
  return (
    data['entity_type'] === entityType && (objectType === null || objectType === row.data['object_type_id'])
  );
}

/** Custom attribute values: which configurations an entity has, what is stored, and the dense view of both. */
export class CustomValues {
  private readonly store: Store;
  private readonly cache = new Map<string, readonly Row[]>();
  private cachedVersion = -1;

  constructor(store: Store) {
    this.store = store;
  }

  /** The dense schema for an entity type; undefined for types without custom attributes. */
  denseType(type: string): string | undefined {
    const { registry } = this.store;
    const id = denseTypes[registry.get(type).family];
    return id !== undefined && registry.has(id) && type !== 'Group' ? id : undefined;
  }

  /** Configurations that an entity has; one of its own project hides a global one with the same key. */
  configurations(row: Row): readonly Row[] {
    const table = this.store.tableOf('CustomAttributeConfiguration');
    if (this.cachedVersion !== table.version) {
      this.cache.clear();
      this.cachedVersion = table.version;
    }
    const project = this.store.projectOf(row) ?? '';
    const cacheKey = `${row.type}|${project}`;
    const cached = this.cache.get(cacheKey);
    if (cached) {
      return cached;
    }
    const byKey = new Map<Value | undefined, Row>();
    for (const configuration of table.all()) {
      const owner = configuration.data['project_id'] ?? null;
      const isBetter = !byKey.has(configuration.data['key']) || owner !== null;
      if ((owner === null || owner === project) && isBetter && applies(configuration, row)) {
        byKey.set(configuration.data['key'], configuration);
      }
    }
    const found = [...byKey.values()];
    this.cache.set(cacheKey, found);
    return found;
  }

  /** @param entityType table name as in a configuration's `entity_type` */
  isConfiguredAs(row: Row, entityType: string): boolean {
    return configuredAs(row) === entityType;
  }

  stored(configurationId: string, entityId: string): Row | undefined {
    return this.store.find('CustomAttributeValue', `${configurationId}|${entityId}`);
  }

  /** The stored value (a stored null too), else the default. */
  value(configuration: Row, entityId: string): Value {
    const stored = this.stored(configuration.key, entityId);
    return (stored ? stored.data['value'] : configuration.data['default']) ?? null;
  }

  /** Whether a value row (or a configuration, for its default) is of type date. */
  isDate(row: Row): boolean {
    const id = row.data['configuration_id'];
    const configuration = typeof id === 'string' ? this.store.find('CustomAttributeConfiguration', id) : row;
    const typeId = configuration?.data['type_id'];
    return (
      typeof typeId === 'string' && this.store.find('CustomAttributeType', typeId)?.data['name'] === 'date'
    );
  }

  /**
   * One computed row per configuration. Values are not inherited from parents.
   *
   * @param only which configurations are wanted; default all
   */
  dense(row: Row, only: (configuration: Row) => boolean = () => true): Row[] {
    const type = this.denseType(row.type);
    return type === undefined
      ? []
      : this.configurations(row)
          .filter(only)
          .map((configuration) => ({
            type,
            key: `${configuration.key}|${row.key}`,
            data: {
              configuration_id: configuration.key,
              entity_id: row.key,
              key: configuration.data['key'] ?? null,
              value: this.value(configuration, row.key),
            },
          }));
  }
}
