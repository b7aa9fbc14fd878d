import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The build that services are started from, as the testbed chooses it. */
export const BUILD = process.env['AYON_FTRACK_DIST'] ?? path.join(__dirname, '../../../dist');

/**
 * Copies the build with what it looks for above itself.
 * @param folder an empty one @param version of the copy, as for a release @returns the copy's `dist`
 */
export function copyBuild(folder: string, version?: string): string {
  const root = path.join(BUILD, '..');
  const dist = path.join(folder, 'dist');
  cpSync(BUILD, dist, { recursive: true });
  symlinkSync(path.resolve(root, 'node_modules'), path.join(folder, 'node_modules'));
  const description = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as object;
  const changed = version === undefined ? description : { ...description, version };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(changed));
  return dist;
}
