import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canHold, spoolDir } from '../../../src/cli/spool-dir';

const home = path.resolve('home');
const storage = path.resolve('storage');

test('SPOOL_DIR wins', () => {
  expect(spoolDir('given', { home, storage, isMount: () => true })).toBe(path.resolve('given'));
});

test('a /storage mount is used before the home folder, a plain folder of that name is not', () => {
  expect(
    spoolDir(undefined, { home, storage, isMount: (folder) => folder === storage, isOpen: () => true }),
  ).toBe(path.join(storage, 'ayon-ftrack', 'spool'));
  expect(spoolDir(undefined, { home, storage, isMount: () => false })).toBe(
    path.join(home, '.local', 'state', 'ayon-ftrack', 'spool'),
  );
});

test('a folder on the disk of the root is no mount', () => {
  const folder = path.parse(__dirname).root;

  expect(spoolDir(undefined, { home, storage: folder })).toBe(
    path.join(home, '.local', 'state', 'ayon-ftrack', 'spool'),
  );
});

test('a /storage mount that this user may not write is passed over', () => {
  const asked: string[] = [];
  const isOpen = (folder: string): boolean => asked.push(folder) === 0;

  expect(spoolDir(undefined, { home, storage, isMount: () => true, isOpen })).toBe(
    path.join(home, '.local', 'state', 'ayon-ftrack', 'spool'),
  );
  expect(asked).toEqual([path.join(storage, 'ayon-ftrack', 'spool')]);
});

test('whether a folder can be made is told by the nearest one that is there', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'storage-'));
  writeFileSync(path.join(folder, 'file'), '');
  const below = (name: string): string => path.join(folder, name, 'ayon-ftrack', 'spool');

  expect(canHold(below('new'))).toBe(true);
  expect(canHold(below('file'))).toBe(false);
  rmSync(folder, { recursive: true });
});
