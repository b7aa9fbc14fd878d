import path from 'node:path';
import { spoolDir } from '../../../src/cli/spool-dir';

const home = path.resolve('home');
const storage = path.resolve('storage');

test('SPOOL_DIR wins', () => {
  expect(spoolDir('given', { home, storage, isMount: () => true })).toBe(path.resolve('given'));
});

test('a /storage mount is used before the home folder, a plain folder of that name is not', () => {
  expect(spoolDir(undefined, { home, storage, isMount: (folder) => folder === storage })).toBe(
    path.join(storage, 'ayon-ftrack', 'spool'),
  );
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
