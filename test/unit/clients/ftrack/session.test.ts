import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFtrackClient } from '../../../../src/clients/ftrack/client';
import { codeOf } from '../../../../src/errors';

type Operation = { readonly action: string; readonly expression?: string };
type Answer = {
  readonly status?: number;
  readonly text?: string;
  readonly json?: unknown;
  readonly silent?: boolean;
};

const { signal } = new AbortController();
const none = {
  projectId: 'p',
  contextIds: [],
  whereabouts: [],
  assignmentsOf: [],
  appointmentIds: [],
  attributeIds: [],
};

/** Answers what every session asks first; the rest is the test's. */
function opening(operations: readonly Operation[], timezones: boolean): Answer | undefined {
  const [first, second] = operations;
  if (first?.action !== 'query_server_information') {
    return undefined;
  }
  const information = { version: '4.13', is_timezone_support_enabled: timezones };
  return { json: second === undefined ? [information] : [information, []] };
}

/** @param patience time-out in ms; short only where the test waits for it */
async function serve(answer: (operations: readonly Operation[], count: number) => Answer, patience = 10_000) {
  const headers: Record<string, unknown>[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      headers.push(request.headers);
      count += 1;
      const { status = 200, text, json, silent = false } = answer(JSON.parse(body) as Operation[], count);
      if (!silent) {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text ?? JSON.stringify(json));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createFtrackClient({
    serverUrl: `http://127.0.0.1:${port}`,
    user: 'robot',
    apiKey: 'top-secret',
    clientToken: 'ayon-ftrack/studio',
    timeouts: { open: patience, call: patience, probe: patience },
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, headers, close };
}

test('thousands of ids are asked for in several requests, each small enough to be answered in time', async () => {
  const sizes: number[] = [];
  const server = await serve((operations) => {
    const first = opening(operations, true);
    if (first !== undefined) {
      return first;
    }
    sizes.push(operations.length);
    return {
      json: operations.map(() => ({ action: 'query', data: [], metadata: { next: { offset: null } } })),
    };
  });
  const contextIds = Array.from({ length: 6_000 }, (_, n) => `id-${n}`);

  await server.client.state({ ...none, contextIds }, signal);
  await server.close();

  expect(sizes).toEqual([24, 7]);
});

const project = (start: string | null) => ({
  action: 'query',
  data: [
    {
      __entity_type__: 'Project',
      id: 'p',
      name: 'code',
      full_name: 'Name',
      start_date: start === null ? null : { __type__: 'datetime', value: start },
      end_date: null,
    },
  ],
  metadata: { next: { offset: null } },
});

describe('the ftrack session', () => {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());

  test('requests are strict, denormalised and bear our token', async () => {
    const server = await serve((operations) => opening(operations, true) ?? { json: [project(null)] });
    close = server.close;

    await server.client.state(none, signal);

    expect(server.headers.at(-1)).toMatchObject({
      'ftrack-strict-api': 'true',
      'ftrack-api-options': 'strict:1;denormalize:1',
      'ftrack-clienttoken': 'ayon-ftrack/studio',
    });
  });

  test('a session that failed to open is opened anew by the next call', async () => {
    const server = await serve((operations, count) =>
      count <= 2 ? { status: 502, text: '<html>' } : (opening(operations, true) ?? { json: [project(null)] }),
    );
    close = server.close;

    expect(codeOf(await server.client.state(none, signal).catch((error: unknown) => error))).toBe(
      'ftrack-unreachable',
    );
    expect((await server.client.state(none, signal)).project?.fullName).toBe('Name');
  });

  test('a server that never answers is an outage after the time-out', async () => {
    const server = await serve((operations) => opening(operations, true) ?? { silent: true }, 300);
    close = server.close;

    const failed: unknown = await server.client.state(none, signal).catch((error: unknown) => error);

    expect(codeOf(failed)).toBe('ftrack-unreachable');
    expect(String(failed)).toContain('nothing came within 0.3 s');
  });

  test('a page where the probe still answers is a failure of the request', async () => {
    const server = await serve((operations) => opening(operations, true) ?? { status: 502, text: '<html>' });
    close = server.close;

    expect(codeOf(await server.client.state(none, signal).catch((error: unknown) => error))).toBe(
      'ftrack-server-error',
    );
  });

  test.each([
    ['InvalidCredentialsError', 'ftrack-refused-key'],
    ['ValidationError', 'ftrack-rejected'],
    ['PermissionError', 'ftrack-rejected'],
    ['OperationalError', 'ftrack-server-error'],
  ])('%s is %s, and the key stays secret', async (exception, code) => {
    const server = await serve(
      (operations) => opening(operations, true) ?? { json: { exception, content: 'no', error_code: null } },
    );
    close = server.close;

    const error: unknown = await server.client.state(none, signal).catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe(code);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('top-secret');
  });

  test.each([true, false])(
    'digits of a date stay what ftrack stores (time zone support: %s)',
    async (timezones) => {
      const server = await serve(
        (operations) => opening(operations, timezones) ?? { json: [project('2026-07-01T00:00:00')] },
      );
      close = server.close;

      expect((await server.client.state(none, signal)).project?.startDate).toBe('2026-07-01T00:00:00');
    },
  );

  test('further pages are fetched', async () => {
    const expressions: string[] = [];
    const page = (id: string, offset: number | null) => ({
      action: 'query',
      data: [{ __entity_type__: 'User', id, username: id, email: null }],
      metadata: { next: { offset } },
    });
    const server = await serve((operations) => {
      expressions.push(...operations.map(({ expression }) => expression ?? ''));
      const empty = { action: 'query', data: [], metadata: { next: { offset: null } } };
      return (
        opening(operations, true) ?? {
          json: operations.map(({ expression = '' }) =>
            expression.includes('from User')
              ? expression.includes('offset')
                ? page('b', null)
                : page('a', 1)
              : empty,
          ),
        }
      );
    });
    close = server.close;

    expect((await server.client.facts(signal)).users.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(expressions.at(-1)).toBe('select id, username, email from User offset 1');
  });

  test('one refused value keeps the others from nothing', async () => {
    const written: string[] = [];
    const server = await serve((operations) => {
      const writes = operations as unknown as {
        entity_data?: { entity_id?: string };
        entity_key?: string[];
      }[];
      const ids = writes.map(
        ({ entity_data, entity_key }) => entity_data?.entity_id ?? entity_key?.[1] ?? '',
      );
      const opened = opening(operations, true);
      if (opened === undefined && ids.includes('gone')) {
        return { json: { exception: 'IntegrityError', content: 'no such entity', error_code: null } };
      }
      written.push(...(opened === undefined ? ids : []));
      return opened ?? { json: ids.map(() => ({ action: 'create', data: {} })) };
    });
    close = server.close;
    const write = (entityId: string) => ({ configurationId: 'c', entityId, value: 'x', exists: false });

    const refused = await server.client.writeValues(['a', 'gone', 'b'].map(write), signal);

    expect(written).toEqual(['a', 'b']);
    expect(refused).toMatchObject([{ entityId: 'gone' }]);
  });

  test('a value whose row somebody else made meanwhile is updated instead', async () => {
    const actions: string[] = [];
    const server = await serve((operations) => {
      const opened = opening(operations, true);
      if (opened !== undefined) {
        return opened;
      }
      actions.push(...operations.map(({ action }) => action));
      return operations[0]?.action === 'create'
        ? { json: { exception: 'DuplicateEntryError', content: 'it exists', error_code: null } }
        : { json: operations.map(() => ({ action: 'update', data: {} })) };
    });
    close = server.close;

    const refused = await server.client.writeValues(
      [{ configurationId: 'c', entityId: 'a', value: 'x', exists: false }],
      signal,
    );

    expect(actions).toEqual(['create', 'update']);
    expect(refused).toEqual([]);
  });
});
