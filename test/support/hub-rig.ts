import type { Hub, HubOptions, HubStatus } from '../../src/clients/ftrack/hub/hub';
import { startHub } from '../../src/clients/ftrack/hub/hub';
import type { RawHub, RawSocket } from './raw-hub';
import { startRawHub } from './raw-hub';
import { until } from './until';

/** Waits of the hub client for tests. */
export const FAST = {
  handshake: 200,
  upgrade: 200,
  silence: 200,
  canaryAnswer: 200,
  canaryEvery: 100,
  lastLook: 30,
  backoffFirst: 10,
  backoffMax: 40,
  refusedFirst: 20,
  refusedMax: 80,
};

/** A scripted hub and clients of ours on it, with what they reported. */
export interface HubRig {
  readonly server: RawHub;
  readonly events: unknown[];
  readonly statuses: HubStatus[];
  readonly counts: Record<string, number>;
  start(options?: Partial<HubOptions>): Hub;
  delivering(hub: Hub, epoch?: number): Promise<void>;
  first(): RawSocket;
  emit(socket: RawSocket | undefined, id: string): void;
  ids(): unknown[];
  /** @throws Error when something was thrown that nobody caught. */
  close(): Promise<void>;
}

export async function startHubRig(): Promise<HubRig> {
  const server = await startRawHub();
  const hubs: Hub[] = [];
  const events: unknown[] = [];
  const statuses: HubStatus[] = [];
  const counts: Record<string, number> = {};
  const troubles: unknown[] = [];
  const trouble = (error: unknown): unknown => troubles.push(error);
  process.on('unhandledRejection', trouble);
  process.on('uncaughtException', trouble);
  return {
    server,
    events,
    statuses,
    counts,
    start(options = {}) {
      const hub = startHub({
        serverUrl: server.url,
        user: 'bot',
        apiKey: 'very-secret-key',
        subscriptions: ['topic=ftrack.update'],
        onEvent: (event) => void events.push(event),
        onStatus: (status) => statuses.push(status),
        count: (what) => {
          counts[what] = (counts[what] ?? 0) + 1;
        },
        timings: FAST,
        ...options,
      });
      hubs.push(hub);
      return hub;
    },
    delivering: (hub, epoch = 1) =>
      until(() => hub.status().state === 'delivering' && hub.status().epoch >= epoch, {
        what: `delivering over connection ${epoch}`,
      }),
    first() {
      const [socket] = server.sockets;
      if (socket === undefined) {
        throw new Error('No socket was opened.');
      }
      return socket;
    },
    emit: (socket, id) =>
      socket?.send(`5:::{"name":"ftrack.event","args":[{"id":"${id}","topic":"ftrack.update","data":{}}]}`),
    ids: () => events.map((event) => (event as { id: string }).id),
    async close() {
      for (const hub of hubs) {
        hub.stop();
      }
      await server.close();
      process.off('unhandledRejection', trouble);
      process.off('uncaughtException', trouble);
      if (troubles.length > 0) {
        throw new Error('Something was thrown that nobody caught.', { cause: troubles[0] });
      }
    },
  };
}
