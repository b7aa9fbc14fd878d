import { WebSocket } from 'ws';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { until } from '../../support/until';

export interface HubMessage {
  topic: string;
  id: string;
  data: Record<string, unknown>;
  source: Record<string, unknown>;
}

/** A hub client of nothing but frames. */
export class RawClient {
  readonly frames: string[] = [];
  closed = false;
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.frames.push(data.toString('utf8')));
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Events other than noise. */
  events(): HubMessage[] {
    const messages = this.frames
      .filter((frame) => frame.startsWith('5:::'))
      .map((frame) => JSON.parse(frame.slice(4)));
    return (messages as { args: HubMessage[] }[])
      .flatMap(({ args }) => args)
      .filter(({ data }) => !JSON.stringify(data).includes('socialfeed'));
  }

  publish(event: object, id = ''): void {
    this.socket.send(`5:${id}::${JSON.stringify({ name: 'ftrack.event', args: [event] })}`);
  }

  /** @param metadata what targets are tested against */
  async subscribe(id: string, subscription: string, metadata: object = {}): Promise<string> {
    const before = this.frames.length;
    const data = { subscriber: { ...metadata, id }, subscription };
    this.publish({ topic: 'ftrack.meta.subscribe', data }, '7+');
    await until(() => this.frames.slice(before).some((frame) => frame.startsWith('6:::7+')));
    return this.frames.slice(before).find((frame) => frame.startsWith('6:::7+')) ?? '';
  }

  /** Answers an event as official clients do: to its source, in the name of the subscriber. */
  reply(event: HubMessage, data: unknown, as: string): void {
    const target = `id=${String(event.source['id'])}`;
    this.publish({
      id: crypto.randomUUID(),
      topic: 'ftrack.meta.reply',
      data,
      target,
      inReplyToEvent: event.id,
      source: { id: as },
    });
  }
}

/** @param inQuery credentials as the JavaScript client sends them, else as the Python client does */
export function handshake(simulator: FtrackSimulator, inQuery = true): Promise<Response> {
  const { url, user, key } = simulator;
  return inQuery
    ? fetch(`${url}/socket.io/1/?api_user=${user}&api_key=${key}`)
    : fetch(`${url}/socket.io/1/`, { headers: { 'ftrack-user': user, 'ftrack-api-key': key } });
}

export async function connectRaw(simulator: FtrackSimulator): Promise<RawClient> {
  const [session] = (await (await handshake(simulator)).text()).split(':');
  const client = new RawClient(
    new WebSocket(`${simulator.url.replace('http', 'ws')}/socket.io/1/websocket/${session}`),
  );
  await until(() => client.frames.includes('1::'));
  return client;
}
