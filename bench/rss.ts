import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Resident memory of a process in MB (10^6 bytes); NaN where neither /proc nor `ps` tells. */
export async function residentMegabytes(pid: number): Promise<number> {
  const kib = (await fromProc(pid)) ?? (await fromPs(pid));
  return kib === undefined ? Number.NaN : (kib * 1024) / 1_000_000;
}

async function fromProc(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib);
}

async function fromPs(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    return /^\s*\d+\s*$/.test(stdout) ? Number(stdout) : undefined;
  } catch {
    return undefined;
  }
}
