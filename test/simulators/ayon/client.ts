import type { AyonSimulator } from '../../../simulators/ayon';

/** An answer with its body parsed. */
export interface Answer {
  readonly status: number;
  // Tests look into answers of many shapes.
  readonly body: Record<string, unknown>;
}

/** A small HTTP client for tests of the simulator. */
export class TestClient {
  readonly #simulator: AyonSimulator;
  readonly #headers: Record<string, string>;

  constructor(simulator: AyonSimulator, headers: Record<string, string> = {}) {
    this.#simulator = simulator;
    this.#headers = { 'x-api-key': simulator.apiKey, 'content-type': 'application/json', ...headers };
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${this.#simulator.url}${path}`, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  async operations(
    project: string,
    operations: unknown[],
    options: Record<string, unknown> = {},
  ): Promise<Answer> {
    return this.send('POST', `/api/projects/${project}/operations`, { operations, ...options });
  }

  /** The `data` of a query that must not fail. */
  async query<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const { body } = await this.send('POST', '/graphql', { query, variables });
    if (body['errors'] !== undefined) {
      throw new Error(`The query failed: ${JSON.stringify(body['errors'])}`);
    }
    return body['data'] as Data;
  }
}

/** A readable id with 32 digits. */
export function testId(number: number): string {
  return `f${number.toString(16).padStart(31, '0')}`;
}

/** An operation that creates a folder. */
export function createFolder(number: number, data: Record<string, unknown>): Record<string, unknown> {
  return {
    type: 'create',
    entityType: 'folder',
    entityId: testId(number),
    data: { folderType: 'Shot', ...data },
  };
}

/** An operation that updates a folder. */
export function updateFolder(number: number, data: Record<string, unknown>): Record<string, unknown> {
  return { type: 'update', entityType: 'folder', entityId: testId(number), data };
}
