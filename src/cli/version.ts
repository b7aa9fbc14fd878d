import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this build, from the package that it lies in. */
export function packageVersion(): string {
  const file = path.resolve(__dirname, '..', '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
