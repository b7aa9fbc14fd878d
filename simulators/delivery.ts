import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How an answer goes out: as it is, in small parts over `ms`, cut in its middle, or whole but with half of its body. */
export type Delivery =
  | { readonly kind: 'whole' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'truncated' };

/** An answer ready to be sent. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const parts = 20;

async function dribble(response: ServerResponse, body: Buffer, ms: number): Promise<void> {
  const size = Math.max(1, Math.ceil(body.length / parts));
  const count = Math.max(1, Math.ceil(body.length / size));
  response.flushHeaders();
  for (let part = 0; part < count && !response.destroyed; part += 1) {
    await sleep(ms / count, undefined, { ref: false });
    response.write(body.subarray(part * size, (part + 1) * size));
  }
  response.end();
}

/** Sends an answer; for slow ones the promise settles when all of it is written. */
export async function deliver(
  response: ServerResponse,
  answer: PlainAnswer,
  delivery: Delivery,
): Promise<void> {
  if (response.destroyed) {
    return;
  }
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  const body = delivery.kind === 'truncated' ? half : answer.body;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  if (delivery.kind === 'slow') {
    await dribble(response, body, delivery.ms);
  } else if (delivery.kind === 'cut') {
    // Headers promise more than comes; the socket closes once the half is out.
    response.write(half, () => response.destroy());
  } else {
    response.end(body);
  }
}
