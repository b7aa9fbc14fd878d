import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contracts/names';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
/** A free port can be taken between the look and the start. */
const PORT_TRIES = 3;
const KEPT_OUTPUT = 4_000;

/** Without the first, each hop of a serial chain waits up to 50 ms (its default is 20 polls a second per shard). */
const DYNAMIC_CONFIG: Readonly<Record<string, string>> = {
  'history.transferProcessorMaxPollRPS': '2000',
  'system.enableActivityEagerExecution': 'true',
};

export interface DevServerOptions {
  /** Path of the `temporal` binary, see `findTemporal`. */
  readonly file: string;
  /** SQLite file that keeps all state; without it a stop loses everything. */
  readonly dbFile?: string;
  /** Frontend port; 0 or nothing picks a free one. Give the former one to restart on the same address. */
  readonly port?: number;
  /** Web UI: `false` for none (default), 0 for a free port. */
  readonly uiPort?: number | false;
  /** More dynamic config, JSON values by key. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  /** Full command line output goes here as it comes. */
  readonly onOutput?: (text: string) => void;
}

export interface DevServer {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly port: number;
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** Asks it to end, and kills it after 5 s. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
}

interface Attempt {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/**
 * Starts a real Temporal dev server and waits until its frontend serves the namespace `default`.
 * @throws Error with its last output when it ends or is not healthy within 30 s.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  for (let tries = 1; ; tries += 1) {
    const port = options.port || (await freePort());
    const uiPort = options.uiPort === undefined || options.uiPort === false ? undefined : options.uiPort;
    const chosenUi = uiPort === 0 ? await freePort() : uiPort;
    const attempt = launch(options, argumentsOf(options, port, chosenUi));
    try {
      await waitUntilHealthy(attempt, `${HOST}:${port}`);
      return handleOf(attempt.child, port, chosenUi);
    } catch (error) {
      await end(attempt.child, 'SIGKILL');
      if (tries === PORT_TRIES || !/address already in use/i.test(attempt.output())) {
        throw error;
      }
    }
  }
}

/** A TCP port on 127.0.0.1 that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function argumentsOf(options: DevServerOptions, port: number, uiPort: number | undefined): string[] {
  const config = Object.entries({ ...DYNAMIC_CONFIG, ...options.dynamicConfig });
  const keyword = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase();
  const listen = ['--ip', HOST, '--port', String(port), '--log-level', 'error'];
  return [
    'server',
    'start-dev',
    ...listen,
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(options.dbFile === undefined ? [] : ['--db-filename', options.dbFile]),
    ...config.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([n, type]) => [
      '--search-attribute',
      `${n}=${keyword(type)}`,
    ]),
  ];
}

function launch(options: DevServerOptions, args: readonly string[]): Attempt {
  const child = spawn(options.file, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    options.onOutput?.(chunk.toString());
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(`${error.message}\n`)));
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  child.once('close', () => process.off('exit', killWithParent));
  return { child, output: () => output };
}

async function waitUntilHealthy({ child, output }: Attempt, address: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isHealthy(address))) {
    if (hasEnded(child)) {
      throw new Error(`The Temporal dev server ended while it started on ${address}: ${lastLine(output())}`);
    }
    if (Date.now() > deadline) {
      const seconds = START_TIMEOUT_MS / 1000;
      throw new Error(
        `The Temporal dev server on ${address} was not ready in ${seconds} s: ${lastLine(output())}`,
      );
    }
    await pause(100);
  }
}

async function isHealthy(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

function handleOf(child: ChildProcess, port: number, uiPort: number | undefined): DevServer {
  return {
    address: `${HOST}:${port}`,
    port,
    uiUrl: uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`,
    pid: child.pid ?? 0,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) {
    return;
  }
  const closed = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
}

/** A child that could not be spawned has no pid and never exits. */
const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

const lastLine = (text: string): string => text.trim().split('\n').at(-1) || 'it said nothing.';
