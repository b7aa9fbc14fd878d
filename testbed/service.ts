import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The build, unless a test of the tests plants a defect in a copy of it. */
const DIST = process.env['AYON_FTRACK_DIST'] ?? path.join(__dirname, '../dist');
const READY_MS = 60_000;
const PRELOAD = path.join(__dirname, 'injected.cjs');

/** What can be made to fail inside a service; nothing by default. */
export interface Injected {
  /** Its clock is off by so many ms. */
  readonly clockMs?: number;
  /** A host name that cannot be looked up. */
  readonly dns?: string;
  /** Writes below a folder fail: `ENOSPC` a full disk, `EROFS` a read-only mount, `EACCES` somebody else's folder. */
  readonly disk?: { readonly below: string; readonly code: 'ENOSPC' | 'EROFS' | 'EACCES' };
}

export interface ServiceOptions {
  /** Folder of another build. */
  readonly dist?: string;
  readonly faultFile?: string;
  /** From its first moment. */
  readonly injected?: Injected;
}

/** One line of a service's JSON log. */
export interface LogLine {
  /** `info`, `warn`, `error`; empty for a line that is no JSON. */
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A service of ours as a process of its own, run from the build. */
export class Service {
  readonly log: LogLine[] = [];
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;
  private readonly faultFile: string | undefined;
  private unread = '';
  private complaint = '';

  /** @param faultFile where to keep what {@link inject} tells the service; without it nothing can be injected */
  constructor(
    command: 'leech' | 'process',
    env: Readonly<Record<string, string>>,
    { dist = DIST, faultFile, injected = {} }: ServiceOptions = {},
  ) {
    this.name = command;
    this.faultFile = faultFile;
    if (faultFile !== undefined) {
      writeFileSync(faultFile, JSON.stringify(injected));
    }
    const preload =
      faultFile === undefined
        ? {}
        : { NODE_OPTIONS: `--require ${PRELOAD}`, AYON_FTRACK_INJECTED: faultFile };
    const { PATH = '', HOME = '' } = process.env;
    this.child = spawn(process.execPath, [path.join(dist, 'cli', 'main.js'), command], {
      env: { PATH, HOME, ...preload, ...env, HTTP_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = once(this.child, 'exit').then(([code]) => code as number | null);
    this.child.stdout?.on('data', (chunk: Buffer) => this.read(chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.complaint = (this.complaint + chunk.toString()).slice(-2000);
    });
    const killWithParent = (): void => void this.child.kill('SIGKILL');
    process.once('exit', killWithParent);
    void this.ended.then(() => process.off('exit', killWithParent));
  }

  private read(text: string): void {
    const lines = (this.unread + text).split('\n');
    this.unread = lines.pop() ?? '';
    for (const line of lines) {
      this.log.push(line.startsWith('{') ? (JSON.parse(line) as LogLine) : { level: '', msg: line });
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Base address of its health server, once it listens. */
  get url(): string | undefined {
    return this.log.find((line) => typeof line['url'] === 'string')?.['url'] as string | undefined;
  }

  /** What `/readyz` says. */
  async readiness(): Promise<{ ready: boolean; [detail: string]: unknown }> {
    if (this.url === undefined) {
      return { ready: false };
    }
    const response = await fetch(new URL('/readyz', this.url), { signal: AbortSignal.timeout(2000) });
    return (await response.json()) as { ready: boolean };
  }

  /** Counters and gauges of `/metrics` by name and labels as they stand there, such as `x_total{reason="y"}`. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(new URL('/metrics', this.url), { signal: AbortSignal.timeout(5000) });
    const rows = (await response.text()).matchAll(/^(\w+)(?:\{([^}]*)\})? (\S+)$/gm);
    return Object.fromEntries(
      [...rows].map(([, name, labels = '', value]) => {
        const own = labels.split(',').filter((each) => each !== '' && !each.startsWith('service='));
        return [own.length === 0 ? name : `${name}{${own.join(',')}}`, Number(value)];
      }),
    );
  }

  /** @throws Error with what the service said last when it ends or is not ready in a minute. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!(await this.readiness().catch(() => ({ ready: false }))).ready) {
      if (!this.isRunning || Date.now() > deadline) {
        throw new Error(`${this.name} did not become ready: ${this.lastWords()}`);
      }
      await pause(50);
    }
  }

  /** What it said on standard error. */
  get complaints(): string {
    return this.complaint.trim();
  }

  /** Message and reason of each log line, as far as there is one. */
  get said(): readonly string[] {
    return this.log.map(({ msg, reason }) => (typeof reason === 'string' ? `${msg}: ${reason}` : msg));
  }

  /** Its last complaints, for people who look for the reason of a failure. */
  lastWords(): string {
    const warnings = this.log.filter(({ level }) => level === 'warn' || level === 'error').slice(-5);
    return [this.complaint.trim(), ...warnings.map((line) => JSON.stringify(line))].join('\n').slice(-3000);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** From now on exactly these faults; settles once the service has taken them in. */
  async inject(injected: Injected): Promise<void> {
    if (this.faultFile === undefined) {
      throw new Error(`${this.name} was started without a file for faults.`);
    }
    const text = JSON.stringify(injected);
    writeFileSync(this.faultFile, text);
    this.child.kill('SIGUSR2');
    const deadline = Date.now() + READY_MS;
    while (this.takenIn() !== text) {
      if (!this.isRunning || Date.now() > deadline) {
        throw new Error(`${this.name} did not take in ${text}: ${this.lastWords()}`);
      }
      await pause(10);
    }
  }

  private takenIn(): string {
    try {
      return readFileSync(`${this.faultFile}.${this.pid}`, 'utf8');
    } catch {
      return '';
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Its exit code once it has ended; null after a signal that it did not handle. */
  get exit(): Promise<number | null> {
    return this.ended;
  }

  /** SIGTERM, as a container engine does it. @returns its exit code. */
  async stop(): Promise<number | null> {
    if (this.isRunning) {
      this.child.kill('SIGTERM');
    }
    return this.ended;
  }

  /** Resident memory in bytes (Linux). */
  async memory(): Promise<number> {
    const { readFile } = await import('node:fs/promises');
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }
}
