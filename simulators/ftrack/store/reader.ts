import type { Attribute, CollectionAttribute, RelationAttribute, ScalarAttribute } from '../schema/notation';
import { serverLocationId } from '../schema/publishing';
import type { Value } from '../values';
import { asText } from '../values';
import { computedMembers, computedRelation, computedScalar } from './computed';
import { CustomValues } from './custom-values';
import type { Store } from './store';
import type { Row } from './table';

/** Where clients can fetch the files of components. */
export interface ComponentAddresses {
  file(componentId: string): string;
  /** @param componentId null for an entity without a thumbnail */
  thumbnail(componentId: string | null): string;
}

/** Types of rows that only some roles may read. */
const customValues = /CustomAttribute(Value|Link|LinkFrom)$/;

/** Reads attributes of rows as one user sees them: what the user may not see is left out silently. */
export class Reader {
  readonly store: Store;
  readonly customValues: CustomValues;
  private readonly username: string;
  /** Undefined: nobody serves files. */
  readonly addresses: ComponentAddresses | undefined;

  constructor(
    store: Store,
    options: { customValues?: CustomValues; username: string; addresses?: ComponentAddresses | undefined },
  ) {
    this.store = store;
    this.customValues = options.customValues ?? new CustomValues(store);
    this.username = options.username;
    this.addresses = options.addresses;
  }

  /** No row needs a look. */
  get seesEverything(): boolean {
    return this.store.access.seesEverything(this.username);
  }

  sees(row: Row): boolean {
    if (this.seesEverything) {
      return true;
    }
    const { access } = this.store;
    const projectId = this.store.projectOf(row);
    const configurationId = customValues.test(row.type) ? row.data['configuration_id'] : undefined;
    return (
      access.mayRead(this.username, projectId) &&
      (typeof configurationId !== 'string' ||
        access.mayUse(this.username, configurationId, { kind: 'read', projectId }))
    );
  }

  scalar(row: Row, attribute: ScalarAttribute): Value {
    return attribute.derived === true
      ? computedScalar(this, row, attribute.name)
      : (row.data[attribute.name] ?? null);
  }

  related(row: Row, attribute: RelationAttribute): Row | undefined {
    const target =
      attribute.derived === true
        ? computedRelation(this, row, attribute.name)
        : this.byColumn(row, attribute);
    return target && this.sees(target) ? target : undefined;
  }

  members(row: Row, attribute: CollectionAttribute): Row[] {
    const types = this.store.registry.subtypes(attribute.target);
    return this.candidates(row, attribute).filter((member) => types.has(member.type) && this.sees(member));
  }

  /** Rows to which a relation or collection attribute leads. */
  targets(row: Row, attribute: Exclude<Attribute, ScalarAttribute>): Row[] {
    if (attribute.kind !== 'relation') {
      return this.members(row, attribute);
    }
    const target = this.related(row, attribute);
    return target ? [target] : [];
  }

  /** The row itself, its parent and so on; of a context the project is the last. */
  chain(row: Row): Row[] {
    const table = this.store.tableOf(row.type);
    const chain = new Set<Row>();
    let current: Row | undefined = row;
    // Inside a batch rows can be below each other; the check at its end refuses that.
    while (current && !chain.has(current)) {
      chain.add(current);
      const parentId: Value | undefined = current.data['parent_id'];
      current = typeof parentId === 'string' ? table.get(parentId) : undefined;
    }
    return [...chain];
  }

  /** The contexts above a context or an asset, the nearest first. */
  above(row: Row): Row[] {
    const context = this.store.context(row.data['context_id']);
    return context ? this.chain(context) : this.chain(row).slice(1);
  }

  /** Everything below a context, parents before children. */
  below(row: Row): Row[] {
    const table = this.store.tableOf('Context');
    const found = new Set<Row>([row]);
    // A set is walked in the order of insertion, what is added meanwhile included. Like above, there may be circles.
    for (const context of found) {
      for (const child of table.where('parent_id', context.key)) {
        found.add(child);
      }
    }
    found.delete(row);
    return [...found];
  }

  /** @param componentId null for an entity without a thumbnail */
  thumbnailUrl(componentId: Value | undefined): Value {
    const id = typeof componentId === 'string' ? componentId : null;
    return this.addresses ? { value: this.addresses.thumbnail(id) } : null;
  }

  /** Of the component to which the row leads; null when the server does not hold its file. */
  fileUrl(row: Row): Value {
    const { component_id: id, location_id: location = serverLocationId } = row.data;
    const isHere = typeof id === 'string' && location === serverLocationId;
    return isHere && this.addresses ? { value: this.addresses.file(id) } : null;
  }

  timeLogged(row: Row): number {
    const logs = [...this.store.tableOf('Timelog').where('context_id', row.key)];
    return logs.reduce((sum, log) => sum + Number(log.data['duration'] ?? 0), 0);
  }

  private byColumn(row: Row, attribute: RelationAttribute): Row | undefined {
    const id = row.data[attribute.column];
    return typeof id === 'string' || typeof id === 'number'
      ? this.store.find(attribute.target, String(id))
      : undefined;
  }

  private candidates(row: Row, attribute: CollectionAttribute): Row[] {
    if (this.store.registry.get(attribute.target).definition.virtual === true) {
      return this.customValues.dense(row);
    }
    if (attribute.derived === true) {
      return computedMembers(this, row, attribute.name);
    }
    const { via, column, filter } = attribute;
    // Numeric keys are numbers in the columns that lead to them.
    const own = typeof row.data['id'] === 'number' ? row.data['id'] : row.key;
    if (via) {
      const links = [...this.store.tableOf(via.schema).where(via.own, own)];
      return links
        .map((link) => this.store.find(attribute.target, asText(link.data[via.other])))
        .filter((target) => target !== undefined);
    }
    const members = [...this.store.tableOf(attribute.target).where(column, own)];
    return filter ? members.filter((member) => member.data[filter.column] === filter.value) : members;
  }
}
