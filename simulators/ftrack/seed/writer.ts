import type { CompleteStudio } from '../../studio/defaults';
import { objectTypeIds } from '../schema/contexts';
import type { Store } from '../store/store';
import type { Data, Value } from '../values';
import { nowStamp } from '../values';

interface Named {
  readonly id: string;
  readonly name: string;
}

function idsByName(rows: readonly Named[]): ReadonlyMap<string, string> {
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Puts rows into an empty store and knows the ids behind a studio's names. */
export class SeedWriter {
  readonly store: Store;
  readonly studio: CompleteStudio;
  /** When the studio was found: the date of whatever has none. */
  readonly now = nowStamp();
  private readonly ids: Readonly<Record<string, ReadonlyMap<string, string>>>;
  private readonly defaults = new Map<string, Data>();

  constructor(store: Store, studio: CompleteStudio) {
    this.store = store;
    this.studio = studio;
    const people = [...studio.users, studio.serviceUser];
    const kinds = studio.objectTypes.map(({ type, id }): [string, string] => [type, id]);
    this.ids = {
      status: idsByName(studio.statuses),
      'task type': idsByName(studio.taskTypes),
      priority: idsByName(studio.priorities),
      'asset type': idsByName(studio.assetTypes),
      role: idsByName(studio.roles),
      group: idsByName(studio.groups),
      project: idsByName(studio.projects),
      'project schema': idsByName(studio.projectSchemas),
      user: new Map(people.map(({ username, id }) => [username, id])),
      'object type': new Map([...Object.entries(objectTypeIds), ...kinds]),
    };
  }

  /** @throws Error when the studio has nothing of that name */
  idOf(kind: string, name: string): string {
    const id = this.ids[kind]?.get(name);
    if (id === undefined) {
      throw new Error(`The studio uses the ${kind} ${JSON.stringify(name)} but does not describe it.`);
    }
    return id;
  }

  /** Id of a user; without a name the service user's. */
  person(username: string | undefined): string {
    return username === undefined ? this.studio.serviceUser.id : this.idOf('user', username);
  }

  /** @returns the key of the new row */
  put(type: string, sent: Data): string {
    const data = { ...this.defaultsOf(type), ...sent };
    const key = this.store.keyOf(type, data);
    this.store.tableOf(type).insert({ type, key, data });
    return key;
  }

  metadata(owner: { id: string; type: string }, values: Readonly<Record<string, string>> = {}): void {
    for (const [key, value] of Object.entries(values)) {
      this.put('Metadata', { parent_id: owner.id, parent_type: owner.type, key, value });
    }
  }

  private defaultsOf(type: string): Data {
    const known = this.defaults.get(type);
    if (known) {
      return known;
    }
    const defaults: Data = {};
    for (const attribute of this.store.registry.get(type).attributes.values()) {
      if (attribute.kind === 'scalar' && attribute.initial !== undefined && attribute.initial !== '{uid}') {
        defaults[attribute.name] = attribute.initial;
      }
    }
    this.defaults.set(type, defaults);
    return defaults;
  }
}

/** Midnight of a day, as datetimes are stored. */
export function midnight(day: string | undefined): Value {
  return day === undefined ? null : `${day}T00:00:00`;
}
