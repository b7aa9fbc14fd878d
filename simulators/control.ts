import { z } from 'zod';
import type { FaultEffect, FaultMatch } from './faults';
import type { RouteAnswer, RouteRequest, SimulatorServer } from './http';

/** Requests below this path steer a simulator; they are neither logged nor hit by faults. */
export const CONTROL_PREFIX = '/_simulator';

/** How long a server that was told to refuse stays away unless the request says otherwise. */
const DEFAULT_AWAY_MS = 5000;

/** Something that can be done to a simulator from another process. */
export interface Control {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the prefix: `faults`. */
  readonly path: string;
  /** One sentence for people. */
  readonly what: string;
  /** A body, when it takes one. */
  readonly example?: unknown;
  /** @throws ControlError for a body that it cannot use */
  readonly run: (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;
}

/** A wrong request to a control; the message is one sentence for people. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** Nothing to say but that it is done. */
export const DONE: RouteAnswer = { status: 204 };

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

function problemOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  const where = path === '' ? 'the body' : JSON.stringify(path);
  if (issue.code === 'unrecognized_keys') {
    return `${where} has no key ${JSON.stringify(issue.keys[0])}`;
  }
  if (issue.code === 'invalid_type') {
    return `${where} must be ${words[issue.expected] ?? issue.expected}`;
  }
  return issue.code === 'too_small'
    ? `${where} must be at least ${String(issue.minimum)}`
    : `${where} ${issue.message}`;
}

/**
 * The body of a control request as its schema has it; no body counts as an empty object.
 * @throws ControlError that says what is wrong and shows a body that would do
 */
export function bodyOf<Schema extends z.ZodType>(
  request: RouteRequest,
  schema: Schema,
  example: unknown,
): z.infer<Schema> {
  const sample = `give for example ${JSON.stringify(example)}`;
  if (request.bodyError !== undefined) {
    throw new ControlError(`The body is no JSON (${request.bodyError}); ${sample}.`);
  }
  const parsed = schema.safeParse(request.body ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ControlError(`The request is wrong: ${issue ? problemOf(issue) : 'its body'}; ${sample}.`);
  }
  return parsed.data;
}

const on = z.literal(true, { error: 'must be true' });
const ms = z.number().min(0);
const effects = {
  status: z.number().int().min(100).max(599),
  html502: on,
  delayMs: ms,
  slowMs: ms,
  reset: on,
  resetAfter: on,
  resetMidAnswer: on,
  truncate: on,
};
const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no regular expression' });
    return z.NEVER;
  }
});
const Fault = z.strictObject({
  match: z.strictObject({ method: z.string().optional(), path: pattern.optional() }).default({}),
  times: z.number().int().min(1).default(1),
  effect: z
    .strictObject({ ...effects, body: z.unknown(), contentType: z.string() })
    .partial()
    .refine((effect) => Object.keys(effects).filter((name) => name in effect).length === 1, {
      message: `needs exactly one of ${Object.keys(effects).join(', ')}`,
    })
    .refine((effect) => 'status' in effect || !('body' in effect || 'contentType' in effect), {
      message: 'has a body or contentType, which only go with status',
    }),
});
const faultExample = {
  match: { method: 'POST', path: '^/api' },
  times: 2,
  effect: { status: 503, body: 'Busy' },
};

function matchOf({ method, path }: z.infer<typeof Fault>['match']): FaultMatch {
  return { ...(method === undefined ? {} : { method }), ...(path === undefined ? {} : { path }) };
}

function faultControls(server: SimulatorServer): Control[] {
  return [
    {
      method: 'GET',
      path: 'faults',
      what: 'Faults that still wait for requests, in the order in which they are tried.',
      run: () => ({
        json: server.faults.waiting().map(({ match, effect, left }) => ({
          match: { ...match, ...(match.path === undefined ? {} : { path: String(match.path) }) },
          effect,
          left: Number.isFinite(left) ? left : 'all',
        })),
      }),
    },
    {
      method: 'POST',
      path: 'faults',
      what: `The next \`times\` requests that match meet one effect: ${Object.keys(effects).join(', ')}; \`path\` is a regular expression.`,
      example: faultExample,
      run: (request) => {
        const { match, times, effect } = bodyOf(request, Fault, faultExample);
        server.faults.add({ match: matchOf(match), times, effect: effect as FaultEffect });
        return DONE;
      },
    },
    {
      method: 'DELETE',
      path: 'faults',
      what: 'No request meets a fault any more.',
      run: () => {
        server.faults.clear();
        return DONE;
      },
    },
  ];
}

const Refusal = z.strictObject({ ms: ms.default(DEFAULT_AWAY_MS) });

/** Being away: connections are refused, sockets cut, and after a while the server is back on its port. */
function refusal(server: SimulatorServer): { control: Control; forget: () => void } {
  let back: NodeJS.Timeout | undefined;
  const example = { ms: DEFAULT_AWAY_MS };
  const control: Control = {
    method: 'POST',
    path: 'refuse',
    what: 'All sockets are cut and connections refused; the server is back after so many milliseconds.',
    example,
    run: (request) => {
      const away = bodyOf(request, Refusal, example).ms;
      // After the answer: refusing destroys the socket that this request came on. The timer keeps the process alive.
      setImmediate(() => {
        void server.refuse();
        clearTimeout(back);
        back = setTimeout(() => void server.listen(), away);
      });
      return DONE;
    },
  };
  return { control, forget: () => clearTimeout(back) };
}

function route(server: SimulatorServer, { method, path, run }: Control): void {
  server.route(method, `${CONTROL_PREFIX}/${path}`, async (request) => {
    try {
      return await run(request);
    } catch (error) {
      if (error instanceof ControlError) {
        return { status: 400, json: { message: error.message } };
      }
      throw error;
    }
  });
}

/**
 * Steers a simulator in another process; `GET /_simulator` tells what can be done.
 *
 * @param more what only this simulator can do
 * @returns forgets a planned return, for when the simulator is closed meanwhile
 */
export function addControls(
  server: SimulatorServer,
  simulator: string,
  more: readonly Control[],
): () => void {
  const { control, forget } = refusal(server);
  const calls: Control = {
    method: 'GET',
    path: 'calls',
    what: 'The requests so far: time, method, path, body, status, milliseconds.',
    run: () => ({ json: server.calls.list() }),
  };
  const controls = [calls, ...faultControls(server), control, ...more];
  for (const each of controls) {
    route(server, each);
  }
  const help = controls.map(({ method, path, what, example }) => ({
    request: `${method} ${CONTROL_PREFIX}/${path}`,
    what,
    ...(example === undefined ? {} : { body: example }),
  }));
  server.route('GET', CONTROL_PREFIX, () => ({ json: { simulator, controls: help } }));
  return forget;
}
