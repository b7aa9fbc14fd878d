import type { FaultEffect, FaultMatch } from '../faults';
import type { SimulatorServer } from '../http';
import type { Json } from './json';
import { isObject } from './json';

/** Requests under this prefix steer the simulator; they are neither logged nor hit by faults. */
export const CONTROL_PREFIX = '/_simulator/';

/** How long a server that was told to refuse stays away unless the request says otherwise. */
const DEFAULT_AWAY_MS = 5000;

function matchOf(given: Json | undefined): FaultMatch {
  const wanted = isObject(given) ? given : {};
  const { method, path } = wanted;
  return {
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof path === 'string' ? { path: new RegExp(path) } : {}),
  };
}

const SWITCHES = ['html502', 'reset', 'resetAfter'] as const;

function effectOf(given: Json | undefined): FaultEffect | undefined {
  const wanted = isObject(given) ? given : {};
  const { status, delayMs, body } = wanted;
  if (typeof status === 'number') {
    return { status, ...(body === undefined ? {} : { body }) };
  }
  if (typeof delayMs === 'number') {
    return { delayMs };
  }
  const name = SWITCHES.find((key) => wanted[key] === true);
  return name && ({ [name]: true } as unknown as FaultEffect);
}

/**
 * Steers a simulator in another process:
 * `GET /_simulator/calls`; `POST /_simulator/faults {match:{method,path (RegExp)}, times, effect}`;
 * `DELETE /_simulator/faults`; `POST /_simulator/refuse {ms}`: gone, and back after so many milliseconds.
 * @returns forgets a planned return, for when the simulator is closed meanwhile
 */
export function addControlRoutes(server: SimulatorServer): () => void {
  let back: NodeJS.Timeout | undefined;
  server.route('GET', `${CONTROL_PREFIX}calls`, () => ({ json: server.calls.list() }));
  server.route('POST', `${CONTROL_PREFIX}faults`, ({ body }) => {
    const given = isObject(body) ? body : {};
    const effect = effectOf(given['effect']);
    if (!effect) {
      const message =
        'The fault has no effect: give {"effect": {"status": 503}}, delayMs, html502, reset or resetAfter.';
      return { status: 400, json: { message } };
    }
    const times = typeof given['times'] === 'number' ? given['times'] : 1;
    server.faults.add({ match: matchOf(given['match']), times, effect });
    return { status: 204 };
  });
  server.route('DELETE', `${CONTROL_PREFIX}faults`, () => {
    server.faults.clear();
    return { status: 204 };
  });
  server.route('POST', `${CONTROL_PREFIX}refuse`, ({ body }) => {
    const ms = isObject(body) && typeof body['ms'] === 'number' ? body['ms'] : DEFAULT_AWAY_MS;
    // After the answer: refusing destroys the socket that this request came on. The timer keeps the process alive.
    setImmediate(() => {
      void server.refuse();
      back = setTimeout(() => void server.listen(), ms);
    });
    return { status: 204 };
  });
  return () => clearTimeout(back);
}
