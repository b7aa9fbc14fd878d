import type { Attribute, CollectionAttribute, RelationAttribute, ScalarAttribute } from '../schema/notation';
import type { Value } from '../values';
import { asText } from '../values';
import { CustomValues } from './custom-values';
import type { Store } from './store';
import type { Row } from './table';

type Computed = (reader: Reader, row: Row) => Value;

const computedScalars: Record<string, Computed> = {
  link: (reader, row) =>
    reader
      .chain(row)
      .reverse()
      .map((context) => ({
        type: context.type === 'Project' ? 'Project' : 'TypedContext',
        id: context.key,
        name: context.data['name'] ?? '',
      })),
  time_logged: (reader, row) => reader.timeLogged(row),
  bid_time_logged_difference: (reader, row) => Number(row.data['bid'] ?? 0) - reader.timeLogged(row),
  thumbnail_url: (reader, row) => reader.thumbnailUrl(row),
  url: (reader, row) => reader.fileUrl(row),
};
computedScalars['_link'] = computedScalars['link'] as Computed;

/** Where clients can fetch the files of components. */
export interface ComponentAddresses {
  file(componentId: string): string;
  /** @param componentId null for an entity without a thumbnail */
  thumbnail(componentId: string | null): string;
}

/** The location whose files the server itself holds. */
export const serverLocationId = '3a372bde-05bc-11e4-8908-20c9d081909b';

/** Reads attributes of rows as one user sees them: what the user may not see is left out silently. */
export class Reader {
  readonly store: Store;
  readonly customValues: CustomValues;
  private readonly username: string;
  private readonly addresses: ComponentAddresses | undefined;

  constructor(
    store: Store,
    options: { customValues?: CustomValues; username: string; addresses?: ComponentAddresses | undefined },
  ) {
    this.store = store;
    this.customValues = options.customValues ?? new CustomValues(store);
    this.username = options.username;
    this.addresses = options.addresses;
  }

  sees(row: Row): boolean {
    const { access } = this.store;
    if (access.seesEverything(this.username)) {
      return true;
    }
    const projectId = this.store.projectOf(row);
    const configurationId = row.data['configuration_id'];
    return (
      access.mayRead(this.username, projectId) &&
      (typeof configurationId !== 'string' ||
        access.mayUse(this.username, configurationId, { kind: 'read', projectId }))
    );
  }

  scalar(row: Row, attribute: ScalarAttribute): Value {
    const computed =
      attribute.computed || attribute.legacy === '_api_link' ? computedScalars[attribute.name] : undefined;
    return computed ? computed(this, row) : (row.data[attribute.name] ?? null);
  }

  related(row: Row, attribute: RelationAttribute): Row | undefined {
    const id = row.data[attribute.column];
    const target = typeof id === 'string' ? this.store.find(attribute.target, id) : undefined;
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

  /** The context itself, its parent and so on, the project last. */
  chain(row: Row): Row[] {
    const chain = new Set<Row>();
    let current: Row | undefined = row;
    // Inside a batch contexts can be below each other; the check at its end refuses that.
    while (current && !chain.has(current)) {
      chain.add(current);
      current = this.store.context(current.data['parent_id']);
    }
    return [...chain];
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

  /** Of the entity's thumbnail, or of the component to which the row leads. */
  thumbnailUrl(row: Row): Value {
    const id = row.data['thumbnail_id'] ?? row.data['component_id'];
    return this.addresses ? { value: this.addresses.thumbnail(typeof id === 'string' ? id : null) } : null;
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

  private candidates(row: Row, attribute: CollectionAttribute): Row[] {
    if (this.store.registry.get(attribute.target).definition.virtual === true) {
      return this.customValues.dense(row);
    }
    if (attribute.computed) {
      return this.computed(row, attribute.name);
    }
    const { via, column, filter } = attribute;
    if (via) {
      const links = [...this.store.tableOf(via.schema).where(via.own, row.key)];
      return links
        .map((link) => this.store.find(attribute.target, asText(link.data[via.other])))
        .filter((target) => target !== undefined);
    }
    const members = [...this.store.tableOf(attribute.target).where(column, row.key)];
    return filter ? members.filter((member) => member.data[filter.column] === filter.value) : members;
  }

  private computed(row: Row, name: string): Row[] {
    if (name === 'ancestors') {
      return this.chain(row).slice(1).reverse();
    }
    return name === 'descendants' ? this.below(row) : [];
  }
}
