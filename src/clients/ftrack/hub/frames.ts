/**
 * Frames of Socket.IO 0.9, `type:id:path[:data]`, as far as ftrack's event hub speaks it (ftrack-protocol 2.1).
 * Pure: nothing here throws on what a server may send; what cannot be read becomes a `malformed` frame.
 */
export type Frame =
  | { readonly type: 'disconnect' | 'connect' | 'heartbeat' | 'noop' }
  | { readonly type: 'message' | 'json' }
  /** `id` is set when the server asks for an acknowledgement (`5:1+::`), which the official client cannot bear. */
  | { readonly type: 'event'; readonly name: string; readonly args: readonly unknown[]; readonly id?: string }
  | { readonly type: 'ack'; readonly id: string; readonly args: readonly unknown[] }
  | { readonly type: 'error'; readonly reason: string }
  | { readonly type: 'malformed' };

const FRAME = /^([0-8]):([^:]*):([^:]*)(?::([\s\S]*))?$/;
/** `N` or `N+[args]`. */
const ACK = /^(\d+)(?:\+([\s\S]*))?$/;

const MALFORMED: Frame = { type: 'malformed' };
const BARE: Readonly<Record<string, Frame>> = {
  '0': { type: 'disconnect' },
  '1': { type: 'connect' },
  '2': { type: 'heartbeat' },
  '3': { type: 'message' },
  '4': { type: 'json' },
  '8': { type: 'noop' },
};

/** Reads one text frame. */
export function parseFrame(text: string): Frame {
  const match = FRAME.exec(text);
  if (match === null) {
    return MALFORMED;
  }
  const [, type = '', id = '', , data = ''] = match;
  switch (type) {
    case '5':
      return parseEvent(id, data);
    case '6':
      return parseAck(data);
    case '7':
      return { type: 'error', reason: data };
    default:
      return BARE[type] ?? MALFORMED;
  }
}

function parseEvent(id: string, data: string): Frame {
  const body = parseJson(data);
  if (!isRecord(body) || typeof body['name'] !== 'string') {
    return MALFORMED;
  }
  const args: readonly unknown[] = Array.isArray(body['args']) ? body['args'] : [];
  const asked = id.replace(/\+$/, '');
  return { type: 'event', name: body['name'], args, ...(asked === '' ? {} : { id: asked }) };
}

function parseAck(data: string): Frame {
  const match = ACK.exec(data);
  if (match === null) {
    return MALFORMED;
  }
  const args = match[2] === undefined || match[2] === '' ? [] : parseJson(match[2]);
  return Array.isArray(args) ? { type: 'ack', id: match[1] ?? '', args } : MALFORMED;
}

/** The answer that keeps the link alive; the same text in both directions. */
export const HEARTBEAT = '2::';

/** Tells a server that asked for it that event `id` has arrived. */
export const ackFrame = (id: string): string => `6:::${id}`;

/**
 * An event for the server.
 * @param ack number by which the server shall acknowledge it; without it no answer is asked for.
 */
export function eventFrame(event: unknown, ack?: number): string {
  const body = JSON.stringify({ name: 'ftrack.event', args: [event] });
  return ack === undefined ? `5:::${body}` : `5:${ack}+::${body}`;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
