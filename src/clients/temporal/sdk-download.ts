import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The SDK offers its download only together with a start of the dev server. It runs in a process of its own: the
 * native code has no time limit and cannot be stopped otherwise.
 */
const SCRIPT = `
const worker = require.resolve('@temporalio/worker');
const { native } = require(require.resolve('@temporalio/core-bridge', { paths: [worker] }));
const { version } = require(require.resolve('@temporalio/worker/package.json'));
const runtime = native.newRuntime({
  logExporter: { type: 'console', filter: 'ERROR', format: null },
  telemetry: { attachServiceName: false, metricPrefix: 'temporal_' },
  metricsExporter: null,
  workerHeartbeatIntervalMillis: null,
});
const exe = {
  type: 'cached-download', downloadDir: process.argv[1], version: 'default', ttl: 86400000,
  sdkName: 'sdk-typescript', sdkVersion: version,
};
native.newEphemeralServer(runtime, {
  type: 'dev-server', exe, namespace: 'default', ip: '127.0.0.1', port: null, uiPort: null, dbFilename: null,
  ui: false, log: { format: 'json', level: 'error' }, extraArgs: [],
}).then((server) => native.ephemeralServerShutdown(server)).then(() => process.exit(0), (error) => {
  process.stderr.write(String(error && error.message || error));
  process.exit(1);
});`;

/**
 * Lets Temporal's SDK download its default command line.
 * @returns path of the binary inside `folder`.
 * @throws Error with one sentence when it takes longer than `timeoutMs` or fails.
 */
export async function downloadBySdk(
  folder: string,
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<string> {
  try {
    await run(process.execPath, ['-e', SCRIPT, folder], { env, cwd: __dirname, timeout: timeoutMs });
  } catch (error) {
    const { killed, stderr } = error as { killed?: boolean; stderr?: string };
    const reason = killed === true ? `took longer than ${timeoutMs / 1000} s` : firstLine(stderr);
    throw new Error(`The download by Temporal's SDK failed (${reason}).`, { cause: error });
  }
  const names = await readdir(folder);
  const name = names.find((each) => each.startsWith('temporal') && !each.endsWith('.downloading'));
  if (name === undefined) {
    throw new Error("The download by Temporal's SDK left no binary.");
  }
  return path.join(folder, name);
}

const firstLine = (text: string | undefined): string =>
  (text ?? '').trim().split('\n', 1).join('').slice(0, 200) || 'no reason given';
