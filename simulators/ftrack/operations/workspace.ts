import { validationError } from '../errors';
import { runQuery } from '../query/execute';
import { runSearch } from '../query/search';
import { schemaHash, schemasAnswer } from '../schema/answer';
import type { SchemaRegistry } from '../schema/registry';
import { CustomValues } from '../store/custom-values';
import type { ComponentAddresses } from '../store/reader';
import { Reader } from '../store/reader';
import { Store } from '../store/store';
import type { Change } from '../store/transaction';
import { Transaction } from '../store/transaction';
import type { Data, Value } from '../values';
import type { Caller, Work } from './caller';
import { checkBatch } from './constraints';
import { OperationRegistry } from './registry';
import type { SentOperation } from './write';
import { create, remove, update } from './write';

/** What one batch changed; handed to listeners after everything in it is done. */
export interface Commit {
  readonly changes: readonly Change[];
  readonly caller: Caller;
}

/** One ftrack workspace: its data and the operations on it. Batches are synchronous and so never interleave. */
export class Workspace {
  readonly store: Store;
  readonly customValues: CustomValues;
  /** Other parts add the operations that they do. */
  readonly operations = new OperationRegistry();
  /** Called once for every batch that changed something. */
  onCommit: (commit: Commit) => void = () => undefined;
  /** Where the files of components are; without it computed addresses are null. */
  componentAddresses: (origin: string | undefined) => ComponentAddresses | undefined = () => undefined;
  private readonly schemas: readonly Data[];
  private readonly hash: string;

  constructor(registry: SchemaRegistry) {
    this.store = new Store(registry);
    this.customValues = new CustomValues(this.store);
    this.schemas = schemasAnswer(registry);
    this.hash = schemaHash(this.schemas);
    this.operations.add({
      query: (work, operation) => ({ action: 'query', ...this.query(work, operation) }),
      search: ({ reader, caller }, operation) => ({
        action: 'search',
        ...runSearch(reader, operation, caller.strict),
      }),
      create: (work, operation) => ({ action: 'create', data: create(work, operation) }),
      update: (work, operation) => ({ action: 'update', data: update(work, operation) }),
      delete: (work, operation) => ({ action: 'delete', data: remove(work, operation) }),
      query_schemas: () => this.schemas,
      query_server_information: (work, operation) => this.information(work, operation),
    });
  }

  /** @param origin base address under which the client reached the server */
  reader(username: string, origin?: string): Reader {
    const addresses = this.componentAddresses(origin);
    return new Reader(this.store, { customValues: this.customValues, username, addresses });
  }

  /**
   * Runs a batch as one transaction: all of it or nothing.
   *
   * @param operations what the client sent as body
   * @throws FtrackError the error object that the client gets
   */
  execute(operations: unknown, caller: Caller): unknown[] {
    if (!Array.isArray(operations)) {
      throw validationError('The request body must be a list of operations.');
    }
    return this.transact(caller, (work) =>
      operations.map((operation: unknown) => this.operations.perform(work, operation)),
    );
  }

  /**
   * Runs writes as one transaction with the checks and events of a batch: for what the server does by itself.
   *
   * @param writes must be synchronous; when it throws, nothing of it stays
   */
  transact<Result>(caller: Caller, writes: (work: Work) => Result): Result {
    const transaction = new Transaction(this.store);
    const effects: (() => void)[] = [];
    const work: Work = {
      transaction,
      reader: this.reader(caller.username, caller.origin),
      caller,
      afterCommit: (effect) => void effects.push(effect),
    };
    let result: Result;
    try {
      result = writes(work);
      checkBatch(work);
      const changes = transaction.changes();
      if (changes.length > 0) {
        this.onCommit({ changes, caller });
      }
    } catch (error) {
      transaction.rollback();
      throw error;
    }
    for (const effect of effects) {
      effect();
    }
    return result;
  }

  private query(work: Work, operation: SentOperation): object {
    const expression = operation['expression'];
    if (typeof expression !== 'string') {
      throw validationError('A query needs an "expression" that is a text.');
    }
    return runQuery(work.reader, expression, work.caller.strict);
  }

  private information(work: Work, operation: SentOperation): Data {
    const all: Record<string, Value> = {
      version: '24.11.0',
      schema_hash: this.hash,
      is_timezone_support_enabled: true,
      is_nested_subqueries_enabled: true,
      storage_scenario: { scenario: 'ftrack.unmanaged', data: {} },
      product: { name: 'ftrack' },
      workday_length: 8,
      week_startday: 1,
      license: [],
      company_information: {},
      user_information: { id: work.caller.userId, username: work.caller.username, permissions: [] },
    };
    const wanted = operation['values'];
    if (!Array.isArray(wanted)) {
      return all;
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
  }
}
