import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * No container engine is needed to see that the image builds: the instructions of its build stage are run in an empty
 * folder, then what the service stage copies from it is put into another one and started there.
 */
const run = promisify(execFile);
const ROOT = path.resolve(__dirname, '../..');
const stages = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split(/^FROM /m);
const stage = (name: string): readonly string[] =>
  (stages.find((each) => each.split('\n', 1).join('').endsWith(` AS ${name}`)) ?? '').split('\n').slice(1);

const folder = mkdtempSync(path.join(os.tmpdir(), 'image-'));
const build = path.join(folder, 'build');
const image = path.join(folder, 'image');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copy(names: readonly string[], { from, to }: { from: string; to: string }): void {
  for (const name of names) {
    cpSync(path.join(from, name), path.join(to, path.basename(name)), { recursive: true });
  }
}

/** COPY and RUN of the build stage, in their order. */
async function runBuildStage(): Promise<void> {
  for (const line of stage('build')) {
    const [, instruction, rest = ''] = /^(COPY|RUN) (.+)$/.exec(line) ?? [];
    if (instruction === 'COPY') {
      copy(rest.split(' ').slice(0, -1), { from: ROOT, to: build });
    } else if (instruction === 'RUN') {
      const env = { ...process.env, CI: 'true' };
      await run('/bin/sh', ['-e', '-c', rest], { cwd: build, env, maxBuffer: 20_000_000 });
    }
  }
}

const start = (args: readonly string[]): Promise<{ code: number; err: string }> =>
  run(process.execPath, ['--enable-source-maps', 'dist/cli/main.js', ...args], {
    cwd: image,
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' },
  }).then(
    ({ stderr }) => ({ code: 0, err: stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, err: stderr }),
  );

(process.platform === 'win32' ? describe.skip : describe)('the image', () => {
  beforeAll(async () => {
    mkdirSync(build);
    await runBuildStage();
    const copied = stage('service').flatMap(
      (line) => /^COPY --from=build \/app\/(\S+) /.exec(line)?.[1] ?? [],
    );
    copy(copied, { from: build, to: image });
  }, 300_000);

  test('holds the bundled workflows and no dev dependencies', () => {
    expect(existsSync(path.join(image, 'dist/workflow-bundle.js'))).toBe(true);
    expect(existsSync(path.join(image, 'node_modules/@temporalio/worker'))).toBe(true);
    expect(existsSync(path.join(image, 'node_modules/typescript'))).toBe(false);
    expect(existsSync(path.join(image, 'node_modules/jest'))).toBe(false);
  });

  test.each(['leecher', 'processor'])(
    'starts the command of %s, which asks for its settings',
    async (name) => {
      const command = stage(name).flatMap((line) => /^CMD \["(\w+)"\]/.exec(line)?.[1] ?? []);

      const { code, err } = await start(command);

      expect(code).toBe(2);
      expect(err).toContain('AYON_SERVER_URL is not set; it is needed to reach AYON.');
    },
  );
});
