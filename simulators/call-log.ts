/** One answered (or cut) request. `status` 0: the socket was destroyed instead of an answer. */
export interface Call {
  /** Arrival, milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Short text of the body, at most 2,000 characters. */
  readonly body: string;
  readonly status: number;
  /** Time until the answer was handed to the socket, milliseconds. */
  readonly ms: number;
}

const maxCalls = 20_000;

/** What is kept of a body, characters. */
export const summaryLength = 2_000;

/** The beginning as a text of its own: a plain slice keeps all of a long body in memory. */
function beginning(text: string): string {
  return Buffer.from(text.slice(0, summaryLength)).toString();
}

/** The last 20,000 calls of a server, oldest first. */
export class CallLog {
  private entries: Call[] = [];

  record(call: Call): void {
    this.entries.push({ ...call, body: beginning(call.body) });
    if (this.entries.length > maxCalls * 1.25) {
      this.entries = this.entries.slice(-maxCalls);
    }
  }

  list(filter: (call: Call) => boolean = () => true): Call[] {
    return this.entries.filter(filter);
  }

  count(filter: (call: Call) => boolean = () => true): number {
    return this.list(filter).length;
  }

  clear(): void {
    this.entries = [];
  }
}
