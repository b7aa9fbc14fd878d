import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import net from 'node:net';

export interface TcpProxy {
  /** `host:port` of its own. */
  readonly address: string;
  /** Ends the connections that there are; new ones work. */
  cut(): void;
  /** The other end vanishes: nothing passes, nothing is closed, also over new connections. */
  vanish(): void;
  /** New connections work again; those of before stay as they are. */
  appear(): void;
  close(): Promise<void>;
}

/** Passes connections on to a port of this machine, so that one of several clients can be cut off. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<net.Socket>();
  let vanished = false;
  const cut = (): void => {
    sockets.forEach((socket) => socket.destroy());
    sockets.clear();
  };
  const server = net.createServer((near) => {
    sockets.add(near);
    if (vanished) {
      near.pause().on('error', () => undefined);
      return;
    }
    const far = net.connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    vanish: () => {
      vanished = true;
      sockets.forEach((socket) => socket.unpipe().pause());
    },
    appear: () => {
      vanished = false;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
