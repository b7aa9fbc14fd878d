import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import WebSocket from 'ws';
import type { ChildReady } from './simulator-child';

/** Whose credentials clients use, and where. */
export interface Access {
  readonly url: string;
  readonly user: string;
  readonly key: string;
}

/** A simulator with a generated studio, in a process of its own. */
export interface SimulatorProcess extends ChildReady {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** @param entities in the trees of its projects; what people made in them comes on top */
export async function startSimulatorProcess(entities: number): Promise<SimulatorProcess> {
  const child = fork(path.join(__dirname, 'simulator-child.ts'), [String(entities)], {
    execArgv: ['--import', 'tsx'],
  });
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => {
    throw new Error(`The simulator's process ended with code ${String(code)} before it answered.`);
  });
  ended.catch(() => undefined);
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [ChildReady];
  return {
    ...ready,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export type Entity = Readonly<Record<string, unknown>> & { readonly id: string };

/** Sends operations over kept connections, as a client without a cache would. */
export class ApiClient {
  private readonly access: Access;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(access: Access) {
    this.access = access;
    this.headers = {
      'content-type': 'application/json',
      'ftrack-user': access.user,
      'ftrack-api-key': access.key,
    };
  }

  async call(operation: object): Promise<{ readonly data: unknown }> {
    const response = await fetch(`${this.access.url}/api`, {
      method: 'POST',
      headers: this.headers,
      body: JSON.stringify([operation]),
    });
    const answer: unknown = await response.json();
    if (!Array.isArray(answer)) {
      throw new Error(`The simulated ftrack refused ${JSON.stringify(operation)}: ${JSON.stringify(answer)}`);
    }
    return answer[0] as { data: unknown };
  }

  async query(expression: string): Promise<readonly Entity[]> {
    return (await this.call({ action: 'query', expression })).data as readonly Entity[];
  }

  /** The simulator's log of what it was asked, oldest first. */
  async calls(): Promise<readonly { readonly ms: number }[]> {
    const response = await fetch(`${this.access.url}/_simulator/calls`);
    return (await response.json()) as { ms: number }[];
  }
}

/** An event as the hub delivers it. */
export interface HubEvent {
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of the event hub: Socket.IO 0.9 frames over a websocket. */
export class HubClient {
  private readonly socket: WebSocket;
  private frames = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
  }

  /** @param listener hears every event that is delivered */
  static async connect(access: Access, listener: (event: HubEvent) => void): Promise<HubClient> {
    const { url, user, key } = access;
    const handshake = await fetch(`${url}/socket.io/1/?api_user=${user}&api_key=${key}`);
    const [session] = (await handshake.text()).split(':');
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/1/websocket/${session}`);
    socket.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      if (frame === '2::') {
        socket.send(frame);
      } else if (frame.startsWith('5:::')) {
        for (const event of (JSON.parse(frame.slice(4)) as { args: HubEvent[] }).args) {
          listener(event);
        }
      }
    });
    await once(socket, 'open');
    return new HubClient(socket);
  }

  /** Resolves when the hub has acknowledged. */
  async subscribe(subscription: string): Promise<void> {
    this.frames += 1;
    const acknowledgement = `6:::${this.frames}+`;
    const acknowledged = new Promise<void>((resolve) => {
      const listener = (data: Buffer): void => {
        if (data.toString('utf8').startsWith(acknowledgement)) {
          this.socket.off('message', listener);
          resolve();
        }
      };
      this.socket.on('message', listener);
    });
    const data = { subscriber: { id: `bench-${this.frames}` }, subscription };
    this.emit(`5:${this.frames}+::`, { topic: 'ftrack.meta.subscribe', data });
    await acknowledged;
  }

  publish(event: HubEvent): void {
    this.emit('5:::', event);
  }

  close(): void {
    this.socket.terminate();
  }

  private emit(head: string, event: HubEvent): void {
    this.socket.send(`${head}${JSON.stringify({ name: 'ftrack.event', args: [event] })}`);
  }
}
