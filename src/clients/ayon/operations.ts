import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { AyonOperation, AyonOperationResult } from '../../domain/model';
import { codeOf } from '../../errors';
import type { Pace } from './batch';
import { isMissing } from './errors';
import type { AyonHttp } from './http';
import { shaped } from './rest';

export interface OperationsRequest {
  readonly project: string;
  /** In an order that AYON can follow, at most one per entity: see `planOperations`. */
  readonly operations: readonly AyonOperation[];
  /** Sizes of batches, learnt over all requests for the project. */
  readonly pace: Pace;
  /** Told after each answered request; heartbeats go here. */
  readonly onProgress?: (done: number) => void;
}

/** Operations that AYON, alive as it is, did not answer even alone: after so many it is not the entities' fault. */
const MOST_SILENT = 3;

/** As many that AYON refuses alone, before it answered a single batch, are no entities' fault either. */
const MOST_REFUSED = 8;

/**
 * Applies the operations in their order, each for itself, in batches of the size that AYON likes at the moment.
 * - `canFail`: AYON gives each operation a savepoint and keeps the good ones. Without it one bad operation would undo the
 *   batch, and the answer would still call those before it successful.
 * - A request that fails as a whole (400, 409, 500, no answer while the server lives) is halved until the operation that
 *   AYON cannot stand is alone.
 * - What needs an entity that could not be made is not sent, and not blamed for it.
 * Doing it again does no harm: what exists is reported so, what is deleted already counts as deleted.
 * @param signal stops between two requests; one that is under way is not cut off, since nobody would know its fate.
 *   What was not sent by then is told as such
 * @returns one result per operation, in their order
 * @throws a failure of the error table when the trouble is not with single operations; the reason of a signal that was
 *   aborted before the first request
 */
export function applyOperations(
  http: AyonHttp,
  request: OperationsRequest,
  signal: AbortSignal,
): Promise<AyonOperationResult[]> {
  return new Run(http, request, signal).toEnd();
}

/** Where an operation stands in the list. */
type Place = number;

class Run {
  readonly #http: AyonHttp;
  readonly #request: OperationsRequest;
  readonly #signal: AbortSignal;
  readonly #results = new Map<Place, AyonOperationResult>();
  #silent = 0;
  #isUnderWay = false;
  /** Operations that were sent alone and refused as a request; undefined: AYON answered one since. */
  #refused: number | undefined = 0;

  constructor(http: AyonHttp, request: OperationsRequest, signal: AbortSignal) {
    this.#http = http;
    this.#request = request;
    this.#signal = signal;
  }

  async toEnd(): Promise<AyonOperationResult[]> {
    const { operations } = this.#request;
    this.#signal.throwIfAborted();
    for (let from = 0; from < operations.length; ) {
      const count = this.#request.pace.take(operations, from);
      await this.#bring(Array.from({ length: count }, (_, index) => from + index));
      from += count;
    }
    return operations.map((_, place) => this.#results.get(place) ?? NOT_SENT);
  }

  /** Sends what nothing stands in the way of; in halves when AYON refuses it as a whole. */
  async #bring(places: readonly Place[]): Promise<void> {
    const ready = places.filter((place) => !this.#blocked(place));
    if (ready.length === 0 || (await this.#isStopped())) {
      return;
    }
    const refused = await this.#send(ready);
    if (refused === undefined) {
      // Of a batch, AYON itself says of a child only that its parent is not there.
      ready.forEach((place) => this.#blocked(place));
      this.#request.onProgress?.(this.#results.size);
    } else if (ready.length === 1) {
      ready.forEach((place) => this.#results.set(place, refused));
    } else {
      const middle = Math.ceil(ready.length / 2);
      await this.#bring(ready.slice(0, middle));
      await this.#bring(ready.slice(middle));
    }
  }

  /** A process that was itself stopped finds the timers that ran out meanwhile before it goes on. */
  async #isStopped(): Promise<boolean> {
    if (this.#isUnderWay) {
      await sleep(0);
    }
    this.#isUnderWay = true;
    return this.#signal.aborted;
  }

  /** Whether what the operation needs was not done; then that is its result. */
  #blocked(place: Place): boolean {
    const { operations } = this.#request;
    const own = this.#results.get(place);
    const needs = own?.success === true ? [] : (operations[place]?.needs ?? []);
    const missing = needs.find((need) => !isThere(this.#results.get(need)));
    const needed = missing === undefined ? undefined : operations[missing];
    const why = missing === undefined ? undefined : this.#results.get(missing);
    if (needed === undefined || why === undefined) {
      return false;
    }
    this.#results.set(place, {
      success: false,
      status: 409,
      errorCode: 'blocked-by',
      detail: `${operations[place]?.path} waits for ${needed.path}: ${why.detail ?? why.errorCode}`,
      blockedBy: needed.entityId,
    });
    return true;
  }

  /** @returns what is wrong with the request as a whole; undefined: each operation has its result. */
  async #send(places: readonly Place[]): Promise<AyonOperationResult | undefined> {
    const { operations } = this.#request;
    const batch = places.flatMap((place) => operations[place] ?? []);
    const start = performance.now();
    try {
      const results = await send(this.#http, this.#request.project, batch);
      this.#request.pace.answered(batch, performance.now() - start);
      this.#silent = 0;
      this.#refused = undefined;
      places.forEach((place, index) => this.#results.set(place, results[index] ?? LEFT_OUT));
      return undefined;
    } catch (error) {
      return this.#judge(error, batch);
    }
  }

  /** Tells trouble with what was sent from trouble with the server, which is thrown. */
  async #judge(error: unknown, batch: readonly AyonOperation[]): Promise<AyonOperationResult> {
    const code = codeOf(error) ?? '';
    const status = STATUS[code];
    if (status === undefined || isMissing(error)) {
      throw error;
    }
    if (code === 'ayon-unreachable') {
      await this.#stillThere(error, batch);
    } else if (batch.length === 1 && this.#refused !== undefined) {
      this.#refused += 1;
      if (this.#refused >= MOST_REFUSED) {
        throw error;
      }
    }
    return {
      success: false,
      status,
      errorCode: code,
      detail: error instanceof Error ? error.message : '',
    };
  }

  /** A server that lives, but gave no answer, may have been asked for too much at once. */
  async #stillThere(error: unknown, batch: readonly AyonOperation[]): Promise<void> {
    this.#request.pace.tooLong(batch);
    this.#silent += batch.length === 1 ? 1 : 0;
    if (this.#silent >= MOST_SILENT || !(await this.#http.isThere(new AbortController().signal))) {
      throw error;
    }
  }
}

/** Failures of a request that may be the fault of what it holds. */
const STATUS: Readonly<Record<string, number>> = {
  'ayon-rejected': 400,
  'ayon-conflict': 409,
  'ayon-server-error': 500,
  'ayon-unreachable': 504,
};

const isThere = (result: AyonOperationResult | undefined): boolean =>
  result === undefined || result.success || result.errorCode === 'exists';

const LEFT_OUT: AyonOperationResult = {
  success: false,
  status: 500,
  errorCode: null,
  detail: 'AYON left it out of its answer',
};

const NOT_SENT: AyonOperationResult = {
  success: false,
  status: 503,
  errorCode: 'not-sent',
  detail: 'not sent, since the write was stopped before it',
};

const Answer = z.object({
  success: z.boolean(),
  operations: z.array(
    z.object({
      id: z.string().nullish(),
      success: z.boolean(),
      status: z.int(),
      errorCode: z.string().nullish(),
      detail: z.string().nullish(),
    }),
  ),
});

async function send(
  http: AyonHttp,
  project: string,
  batch: readonly AyonOperation[],
): Promise<AyonOperationResult[]> {
  const path = { project_name: project };
  const operations = batch.map(({ type, entityType, entityId, data, force }, index) => ({
    id: String(index),
    type,
    entityType,
    entityId,
    ...(type === 'delete' ? {} : { data: { ...data } }),
    ...(force === undefined ? {} : { force }),
  }));
  const { signal } = new AbortController();
  const name = `POST /api/projects/${project}/operations`;
  const raw = await http.call<unknown>({ signal, kind: 'operations', name }, (client, limited) =>
    client.POST('/api/projects/{project_name}/operations', {
      params: { path },
      body: { operations, canFail: true },
      signal: limited,
    }),
  );
  const answer = shaped(Answer, raw, name);
  const byId = new Map(answer.operations.map((result) => [result.id, result]));
  return batch.map((operation, index) => {
    const result = byId.get(String(index));
    // What the answer leaves out is done only if the whole batch is.
    return result === undefined
      ? { ...LEFT_OUT, success: answer.success, status: answer.success ? 200 : 500 }
      : told(operation, {
          success: result.success,
          status: result.status,
          errorCode: result.errorCode ?? null,
          detail: result.detail ?? null,
        });
  });
}

/** What a repeated operation meets is not an error of the same kind as a name that is taken or an entity that is gone. */
function told({ type }: AyonOperation, result: AyonOperationResult): AyonOperationResult {
  if (type === 'delete' && !result.success && result.status === 404) {
    return { success: true, status: 404, errorCode: null, detail: null };
  }
  const exists =
    type === 'create' &&
    result.errorCode === 'unique-violation' &&
    /^\w+ with id '[0-9a-f-]+' already exists/i.test(result.detail ?? '');
  return exists ? { ...result, errorCode: 'exists' } : result;
}
