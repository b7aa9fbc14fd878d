import type { Store } from './store/store';
import type { Row } from './store/table';
import type { Data, Value } from './values';
import { asText } from './values';

/** One operation of a batch, as the HTTP API takes it. */
export type Operation = Readonly<Record<string, unknown>>;

/** An entity as the store had it when it was looked up. */
export interface FoundEntity {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Data>;
}

interface NewContext {
  /** Id of the parent. */
  readonly parent: string;
  readonly name: string;
  /** Name of the status. */
  readonly status?: string;
}

/** A person at work: each call is one batch with its commit, events and log rows, exactly as over HTTP. */
export class Hand {
  private readonly store: Store;
  private readonly run: (operations: readonly Operation[]) => unknown[];

  constructor(store: Store, run: (operations: readonly Operation[]) => unknown[]) {
    this.store = store;
    this.run = run;
  }

  /** Several operations as one transaction and one event. */
  batch(operations: readonly Operation[]): unknown[] {
    return this.run(operations);
  }

  query(expression: string): Data[] {
    return (this.run([{ action: 'query', expression }]) as [{ data: Data[] }])[0].data;
  }

  /** @param path project name, then names down to the entity, separated by `/` */
  findByPath(path: string): FoundEntity {
    const [projectName, ...names] = path.split('/');
    let current = this.named(this.store.tableOf('Context').where('$type', 'Project'), projectName);
    for (const name of names) {
      current = current && this.named(this.store.tableOf('Context').where('parent_id', current.key), name);
    }
    if (!current) {
      throw new Error(`The simulated ftrack has no entity ${path}.`);
    }
    return { id: current.key, type: current.type, data: { ...current.data } };
  }

  entity(id: string): FoundEntity {
    const row = this.context(id);
    return { id, type: row.type, data: { ...row.data } };
  }

  /** @returns id of the new entity */
  create(type: string, data: Readonly<Record<string, unknown>>): string {
    const operation = { action: 'create', entity_type: type, entity_data: data };
    return String((this.run([operation]) as [{ data: { id: string } }])[0].data.id);
  }

  createTask(task: NewContext & { type?: string; assignees?: readonly string[] }): string {
    const id = crypto.randomUUID();
    const type = task.type === undefined ? {} : { type_id: this.idOf('Type', task.type) };
    this.run([
      this.creation('Task', id, { ...this.contextData(task), ...type }),
      ...(task.assignees ?? []).map((username) => this.assignment(id, username)),
    ]);
    return id;
  }

  createShot(shot: NewContext): string {
    return this.createContext('Shot', shot);
  }

  /** @param type Folder, Episode, Sequence, Shot, AssetBuild, Task or Milestone */
  createContext(type: string, context: NewContext): string {
    return this.create(type, this.contextData(context));
  }

  update(id: string, data: Readonly<Record<string, unknown>>): void {
    this.run([{ action: 'update', entity_type: this.context(id).type, entity_key: [id], entity_data: data }]);
  }

  /** @param status name of the status */
  setStatus(id: string, status: string): void {
    this.update(id, { status_id: this.idOf('Status', status) });
  }

  rename(id: string, name: string): void {
    this.update(id, { name });
  }

  move(id: string, parentId: string): void {
    this.update(id, { parent_id: parentId });
  }

  /** Stores a value; undefined removes the stored one. A second key of the same name is told apart by the entity. */
  setCustomAttribute(id: string, key: string, value: Value | undefined): void {
    const expression = `select configuration_id from ContextCustomAttributeValue where entity_id is "${id}" and key is "${key}"`;
    const [found] = this.query(expression);
    if (!found) {
      throw new Error(`Entity ${id} of the simulated ftrack has no custom attribute ${key}.`);
    }
    const target = {
      entity_type: 'ContextCustomAttributeValue',
      entity_key: [found['configuration_id'], id],
    };
    this.run([
      value === undefined
        ? { action: 'delete', ...target }
        : { action: 'update', ...target, entity_data: { value } },
    ]);
  }

  /** @returns the stored value of this very entity; undefined when nothing is stored */
  storedCustomAttribute(id: string, key: string): Value | undefined {
    for (const row of this.store.tableOf('CustomAttributeValue').where('entity_id', id)) {
      const configuration = this.store.find(
        'CustomAttributeConfiguration',
        asText(row.data['configuration_id']),
      );
      if (configuration?.data['key'] === key) {
        return row.data['value'];
      }
    }
    return undefined;
  }

  assign(taskId: string, username: string): void {
    this.run([this.assignment(taskId, username)]);
  }

  unassign(taskId: string, username: string): void {
    const userId = this.idOf('User', username, 'username');
    const rows = [...this.store.tableOf('Appointment').where('context_id', taskId)];
    const own = rows.filter((row) => row.data['resource_id'] === userId && row.data['type'] === 'assignment');
    this.run(own.map((row) => ({ action: 'delete', entity_type: 'Appointment', entity_key: [row.key] })));
  }

  /**
   * Copies an entity (without what is below it) next to itself, as copy and paste in ftrack does: custom attribute
   * values come along, ids of other systems in them too.
   *
   * @returns id of the copy
   */
  copy(id: string, name: string): string {
    const { type, data } = this.context(id);
    const copyId = crypto.randomUUID();
    const kept = Object.entries(data).filter(([key]) => !['id', 'created_at', 'created_by_id'].includes(key));
    const values = [...this.store.tableOf('CustomAttributeValue').where('entity_id', id)];
    this.run([
      this.creation(type, copyId, { ...Object.fromEntries(kept), name }),
      ...values.map((row) => ({
        action: 'create',
        entity_type: 'CustomAttributeValue',
        entity_data: { ...row.data, entity_id: copyId },
      })),
    ]);
    return copyId;
  }

  remove(id: string): void {
    this.run([{ action: 'delete', entity_type: this.context(id).type, entity_key: [id] }]);
  }

  /** @returns id of the note */
  addNote(parentId: string, content: string): string {
    return this.create('Note', { parent_id: parentId, content });
  }

  /** Id of the status, type, user … of that name. */
  idOf(type: string, name: string, column = 'name'): string {
    const row = this.named(this.store.tableOf(type).all(), name, column);
    if (!row) {
      throw new Error(`The simulated ftrack has no ${type} with ${column} ${JSON.stringify(name)}.`);
    }
    return row.key;
  }

  private creation(type: string, id: string, data: Readonly<Record<string, unknown>>): Operation {
    return { action: 'create', entity_type: type, entity_data: { id, ...data } };
  }

  private assignment(taskId: string, username: string): Operation {
    const resourceId = this.idOf('User', username, 'username');
    const data = { context_id: taskId, resource_id: resourceId, type: 'assignment' };
    return this.creation('Appointment', crypto.randomUUID(), data);
  }

  private contextData(context: NewContext): Data {
    const status = context.status === undefined ? {} : { status_id: this.idOf('Status', context.status) };
    return { name: context.name, parent_id: context.parent, ...status };
  }

  private context(id: string): Row {
    const row = this.store.context(id);
    if (!row) {
      throw new Error(`The simulated ftrack has no project or entity ${id}.`);
    }
    return row;
  }

  private named(rows: Iterable<Row>, name: string | undefined, column = 'name'): Row | undefined {
    for (const row of rows) {
      if (row.data[column] === name) {
        return row;
      }
    }
    return undefined;
  }
}
