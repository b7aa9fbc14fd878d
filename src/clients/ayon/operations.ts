import { codeOf } from '../../errors';
import type { AyonHttp } from './http';

export interface Operation {
  readonly type: 'create' | 'update';
  readonly entityType: 'folder' | 'task';
  readonly entityId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly force?: boolean;
}

export interface OperationResult {
  readonly success: boolean;
  /** HTTP status of this operation. */
  readonly status: number;
  /** `unique-violation`, `foreign-key-violation`, `forbidden`, `not-found`, `invalid_data`, … */
  readonly errorCode: string | null;
  readonly detail: string | null;
}

/** Creating folders costs AYON time with the size of the project; batches beyond this gain nothing. */
const BATCH = 100;

/** In a big project an update of a folder takes AYON up to a second; more of them would outlive the time-out. */
const FOLDER_UPDATES = 25;

/**
 * Applies the operations in order, each for itself (`canFail`), in as few requests as AYON likes.
 * A batch that AYON refuses as a whole is halved until the operation that it cannot stand is alone, so that one bad
 * entity blocks no other.
 * @returns one result per operation, in their order.
 */
export async function applyOperations(
  http: AyonHttp,
  at: { readonly project: string; readonly operations: readonly Operation[] },
  signal: AbortSignal,
): Promise<OperationResult[]> {
  const results: OperationResult[] = [];
  for (const operations of batches(at.operations)) {
    results.push(...(await halving(http, { project: at.project, operations }, signal)));
  }
  return results;
}

/** In their order: each batch as large as both limits allow. */
function* batches(operations: readonly Operation[]): Generator<readonly Operation[]> {
  let batch: Operation[] = [];
  let heavy = 0;
  for (const operation of operations) {
    const weight = Number(operation.type === 'update' && operation.entityType === 'folder');
    if (batch.length === BATCH || heavy + weight > FOLDER_UPDATES) {
      yield batch;
      [batch, heavy] = [[], 0];
    }
    batch.push(operation);
    heavy += weight;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

async function halving(
  http: AyonHttp,
  at: { readonly project: string; readonly operations: readonly Operation[] },
  signal: AbortSignal,
): Promise<OperationResult[]> {
  const { project, operations } = at;
  try {
    return await send(http, at, signal);
  } catch (error) {
    const code = codeOf(error);
    const itsFault = code === 'ayon-rejected' || code === 'ayon-server-error' || code === 'ayon-conflict';
    if (!itsFault) {
      throw error;
    }
    if (operations.length <= 1) {
      const status = code === 'ayon-conflict' ? 409 : code === 'ayon-rejected' ? 400 : 500;
      return [
        { success: false, status, errorCode: code, detail: error instanceof Error ? error.message : '' },
      ];
    }
    const middle = Math.ceil(operations.length / 2);
    const first = await halving(http, { project, operations: operations.slice(0, middle) }, signal);
    return [...first, ...(await halving(http, { project, operations: operations.slice(middle) }, signal))];
  }
}

async function send(
  http: AyonHttp,
  at: { readonly project: string; readonly operations: readonly Operation[] },
  signal: AbortSignal,
): Promise<OperationResult[]> {
  const path = { project_name: at.project };
  const operations = at.operations.map((operation, index) => ({
    id: String(index),
    ...operation,
    data: { ...operation.data },
  }));
  const answer = await http.call(
    { signal, kind: 'write', name: `POST /api/projects/${at.project}/operations` },
    (client, limited) =>
      client.POST('/api/projects/{project_name}/operations', {
        params: { path },
        body: { operations, canFail: true },
        signal: limited,
      }),
  );
  // Only the top-level success vouches for the single ones; with canFail a failing operation leaves the others done.
  const byId = new Map(answer.operations.map((result) => [result.id, result]));
  return operations.map(({ id }) => {
    const result = byId.get(id);
    return result === undefined
      ? {
          success: answer.success,
          status: answer.success ? 200 : 500,
          errorCode: null,
          detail: 'AYON left it out of its answer',
        }
      : {
          success: result.success,
          status: result.status,
          errorCode: result.errorCode ?? null,
          detail: result.detail ?? null,
        };
  });
}
