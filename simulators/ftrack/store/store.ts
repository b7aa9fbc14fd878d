import type { EntitySchema, SchemaRegistry } from '../schema/registry';
import type { Data, Value } from '../values';
import { asText } from '../values';
import { Access } from './access';
import { projectIdOfRow } from './ownership';
import type { Row } from './table';
import { Table } from './table';

/** Columns without a foreign key that are looked up often. */
const alsoIndexed: Record<string, readonly string[]> = {
  CustomAttributeLink: ['from_id', 'to_id'],
  CustomAttributeValue: ['entity_id'],
  CustomConfigurationBase: ['project_id'],
  EntitySetting: ['parent_id'],
  ListObject: ['entity_id'],
  Metadata: ['parent_id'],
  Note: ['parent_id'],
  Event: ['parent_id'],
  StatusChange: ['parent_id'],
};

function indexedColumns(schemas: readonly EntitySchema[], family: string): Set<string> {
  const columns = new Set(alsoIndexed[family] ?? []);
  for (const schema of schemas.filter((candidate) => candidate.family === family)) {
    for (const attribute of schema.attributes.values()) {
      if (attribute.kind === 'scalar' && attribute.target !== undefined) {
        columns.add(attribute.name);
      }
    }
  }
  return columns;
}

/** All tables of a workspace. It only stores; rules are in the operations. */
export class Store {
  readonly registry: SchemaRegistry;
  private readonly tables = new Map<string, Table>();
  readonly access: Access;

  constructor(registry: SchemaRegistry) {
    this.registry = registry;
    const schemas = registry.all();
    for (const schema of schemas) {
      if (!this.tables.has(schema.family) && schema.definition.virtual !== true) {
        const sortColumn = schema.primaryKey[0] ?? 'id';
        this.tables.set(schema.family, new Table(indexedColumns(schemas, schema.family), sortColumn));
      }
    }
    this.access = new Access(this);
  }

  /** The table in which entities of this type live. */
  tableOf(type: string): Table {
    const { family } = this.registry.get(type);
    const table = this.tables.get(family);
    if (!table) {
      throw new Error(`Entities of type ${type} are computed and have no table.`);
    }
    return table;
  }

  keyOf(type: string, data: Readonly<Data>): string {
    return this.registry
      .get(type)
      .primaryKey.map((name) => asText(data[name]))
      .join('|');
  }

  find(type: string, key: string): Row | undefined {
    const row = this.tableOf(type).get(key);
    return row && this.registry.subtypes(type).has(row.type) ? row : undefined;
  }

  /** Any context (project or below) by id. */
  context(id: Value | undefined): Row | undefined {
    return typeof id === 'string' ? this.tableOf('Context').get(id) : undefined;
  }

  /** From now on these users (default: everyone) read nothing of this project and cannot write to it. */
  hideProject(projectId: string, usernames: readonly string[] = []): void {
    this.access.hide(projectId, usernames);
  }

  showProject(projectId: string): void {
    this.access.show(projectId);
  }

  /** Id of the project to which a row belongs. */
  projectOf(row: Row): string | undefined {
    return projectIdOfRow(this, row);
  }
}
