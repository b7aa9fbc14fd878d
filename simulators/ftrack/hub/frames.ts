/** A Socket.IO 0.9 frame, `type:id:endpoint[:data]`. */
export interface Frame {
  /** 0 disconnect, 1 connect, 2 heartbeat, 3 message, 4 json, 5 event, 6 ack, 7 error, 8 noop. */
  readonly type: number;
  /** Undefined when the sender wants no acknowledgement. */
  readonly id: string | undefined;
  /** The sender wants an acknowledgement with data (`5:12+::…`). */
  readonly wantsAck: boolean;
  readonly data: string;
}

const frameForm = /^([0-8]):(\d+)?(\+)?:([^:]*)(?::([\s\S]*))?$/;

/** @returns undefined for text that is no frame */
export function parseFrame(text: string): Frame | undefined {
  const match = frameForm.exec(text);
  if (!match) {
    return undefined;
  }
  return { type: Number(match[1]), id: match[2], wantsAck: match[3] !== undefined, data: match[5] ?? '' };
}

export const connectFrame = '1::';
export const heartbeatFrame = '2::';

/** Events never carry an id: a client that gets one goes deaf. */
export function eventFrame(event: unknown): string {
  return `5:::${JSON.stringify({ name: 'ftrack.event', args: [event] })}`;
}

/** @param answer undefined: the sender only wants to know that the frame arrived */
export function ackFrame(id: string, answer: unknown): string {
  return answer === undefined ? `6:::${id}` : `6:::${id}+${JSON.stringify([answer])}`;
}
