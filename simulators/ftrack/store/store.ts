import type { Attribute } from '../schema/notation';
import type { EntitySchema, SchemaRegistry } from '../schema/registry';
import type { Data, Value } from '../values';
import { asText } from '../values';
import { Access } from './access';
import { projectIdOfRow } from './ownership';
import type { Row } from './table';
import { Table } from './table';

/** Columns that are looked up often although no attribute leads over them. */
const alsoIndexed: Readonly<Record<string, readonly string[]>> = {
  CustomAttributeLink: ['to_id'],
  CustomAttributeValue: ['entity_id'],
  CustomConfigurationBase: ['project_id'],
  Event: ['parent_id'],
};

/** Columns by which an attribute finds rows, with the schema of those rows. */
function lookups(schema: EntitySchema, attribute: Attribute): [schema: string, column: string][] {
  switch (attribute.kind) {
    case 'scalar':
      return attribute.target === undefined ? [] : [[schema.id, attribute.name]];
    case 'relation':
      return [[schema.id, attribute.column]];
    case 'collection':
    case 'mapped':
      return attribute.via
        ? [[attribute.via.schema, attribute.via.own]]
        : [[attribute.target, attribute.column]];
  }
}

/** From here on sorting takes longer than a query should. */
const largeTable = 5_000;

/** The indexed columns of each family: foreign keys, and what relations and collections go over. */
function indexedColumns(registry: SchemaRegistry): Map<string, Set<string>> {
  const columns = new Map<string, Set<string>>();
  for (const { family } of registry.all()) {
    columns.set(family, new Set(alsoIndexed[family] ?? []));
  }
  for (const schema of registry.all()) {
    for (const attribute of schema.attributes.values()) {
      for (const [target, column] of lookups(schema, attribute)) {
        columns.get(registry.get(target).family)?.add(column);
      }
    }
  }
  for (const indexed of columns.values()) {
    // What is computed goes over no column.
    indexed.delete('');
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
    const indexed = indexedColumns(registry);
    for (const schema of registry.all()) {
      if (!this.tables.has(schema.family) && schema.definition.virtual !== true) {
        const sortColumn = schema.primaryKey[0] ?? 'id';
        this.tables.set(schema.family, new Table(indexed.get(schema.family) ?? [], sortColumn));
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

  /** Names of the families of entities that have a table. */
  families(): string[] {
    return [...this.tables.keys()];
  }

  /** Sorts large tables now, so that no query has to wait until that is done. */
  sortLargeTables(): void {
    for (const table of this.tables.values()) {
      if (table.size > largeTable) {
        table.inOrder();
      }
    }
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
