import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Who may import whom. Left: a folder of `src`, a file beside them, or `simulators`. Right: folders, single files
 * (`contracts/names`) and packages that it may import; `type:x` allows `import type` only, `node` any module of Node,
 * `*` anything. What is not listed is forbidden, packages included.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contracts: ['zod', 'type:errors'],
  errors: ['@temporalio/common'],
  domain: ['errors', 'contracts/names', 'contracts/topics', 'type:contracts'],
  config: ['errors', 'contracts', 'type:clients', 'zod'],
  observability: ['errors', 'node', 'pino', 'prom-client', '@temporalio/worker'],
  clients: [
    'errors',
    'contracts',
    // Neutral shapes only: clients fill them, pure code decides on them.
    'type:domain/model',
    'type:observability',
    'node',
    '@ftrack/api',
    'loglevel',
    'ws',
    'openapi-fetch',
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/envconfig',
    'type:@temporalio/proto',
    'zod',
  ],
  activities: [
    'domain',
    'contracts',
    'errors',
    'type:clients',
    'type:config',
    'node',
    '@temporalio/activity',
    '@temporalio/common',
  ],
  workflows: [
    'domain',
    'errors',
    'contracts/names',
    'contracts/timings',
    '@temporalio/workflow',
    'type:contracts',
    'type:activities',
    'type:config',
  ],
  leecher: [
    'domain',
    'contracts',
    'errors',
    'clients',
    'observability',
    'type:config',
    'node',
    '@temporalio/common',
    'type:@temporalio/client',
  ],
  workers: ['contracts', 'errors', 'observability', 'type:config', 'node', '@temporalio/worker'],
  cli: ['*'],
  simulators: ['node', 'ws', 'graphql', 'type:graphql', 'sharp', 'yaml', 'zod'],
};

interface Import {
  readonly typeOnly: boolean;
  readonly spec: string;
}
type Read = (file: string) => string;

const ROOT = path.resolve(__dirname, '../..');
/** Files below the root with `/` between folders, on Windows too. */
const filesIn = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
const files = [...filesIn('src'), ...filesIn('simulators')];
const readFile: Read = (file) => readFileSync(path.join(ROOT, file), 'utf8');

/** `src/domain/scope.ts` and `src/domain` are of `domain`, `src/errors.ts` of `errors`, others of their top folder. */
const unitOf = (file: string): string => {
  const [top = '', next = ''] = file.split('/');
  return (top === 'src' ? next : top).replace(/\.ts$/, '');
};
const packageOf = (spec: string): string =>
  spec.startsWith('node:') ? 'node' : spec.split('/', spec.startsWith('@') ? 2 : 1).join('/');

const STATIC = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\b(?:import|require)\(\s*'([^']+)'/g;

/** Comments are left out; an inline `import { type X }` counts as a value, which errs on the strict side. */
function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const fixed = [...code.matchAll(STATIC)].map(([, type, spec = '']) => ({
    typeOnly: type !== undefined,
    spec,
  }));
  const loaded = [...code.matchAll(DYNAMIC)].map(([, spec = '']) => ({ typeOnly: false, spec }));
  return [...fixed, ...loaded];
}

/** Path below the root that a relative import means, without its extension. */
const targetOf = (file: string, spec: string): string =>
  path.posix.join(path.posix.dirname(file), spec).replace(/\.(?:js|ts)$/, '');

/** What an import may be called in the table: its package, or the folder and the file that it names. */
function namesOf(file: string, spec: string): string[] {
  if (!spec.startsWith('.')) {
    return [packageOf(spec)];
  }
  const target = targetOf(file, spec);
  return [unitOf(target), target.replace(/^src\//, '')];
}

function isAllowed(file: string, { spec, typeOnly }: Import): boolean {
  const from = unitOf(file);
  const allowed = MAY_IMPORT[from] ?? [];
  const names = namesOf(file, spec);
  const inside = spec.startsWith('.') && names.includes(from);
  const outside = spec.startsWith('.') && !targetOf(file, spec).startsWith('src/');
  const everything = allowed.includes('*') && !outside;
  const listed = names.some(
    (name) => allowed.includes(name) || (typeOnly && allowed.includes(`type:${name}`)),
  );
  return inside || everything || listed;
}

const breaches = (read: Read = readFile): string[] =>
  files.flatMap((file) =>
    importsOf(read(file))
      .filter((each) => !isAllowed(file, each))
      .map(({ spec, typeOnly }) => `${file} must not import ${spec}${typeOnly ? ' (type)' : ''}`),
  );

/** Files that import each other in a circle (types aside: they vanish); each circle once, from where it was met. */
function circles(read: Read = readFile): string[] {
  const known = new Set(files);
  const targets = (file: string): string[] =>
    importsOf(read(file))
      .filter(({ spec, typeOnly }) => spec.startsWith('.') && !typeOnly)
      .map(({ spec }) => targetOf(file, spec))
      .flatMap((target) => [`${target}.ts`, `${target}/index.ts`].filter((each) => known.has(each)));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, above: readonly string[]): void => {
    if (above.includes(file)) {
      found.push([...above.slice(above.indexOf(file)), file].join(' → '));
    } else if (!done.has(file)) {
      targets(file).forEach((target) => visit(target, [...above, file]));
      done.add(file);
    }
  };
  files.forEach((file) => visit(file, []));
  return found;
}

/** The tree as it is, but for one file with other text. */
const withText =
  (file: string, text: string): Read =>
  (each) =>
    each === file ? text : readFile(each);

/** Breaches of one file, had it this text. */
const breachesOf = (name: string, text: string): string[] =>
  breaches(withText(name, text)).filter((each) => each.startsWith(`${name} `));

test('each folder of src is in the table, and the table has no folder that is gone', () => {
  const units = new Set(files.map(unitOf));

  expect([...units].filter((unit) => !(unit in MAY_IMPORT))).toEqual([]);
  expect(Object.keys(MAY_IMPORT).filter((unit) => !units.has(unit))).toEqual([]);
});

test('modules import only what the table allows', () => {
  expect(breaches()).toEqual([]);
});

test('no module imports itself through others', () => {
  expect(circles()).toEqual([]);
});

const file = (unit: string): string => files.find((each) => unitOf(each) === unit) ?? `no file of ${unit}`;

test.each([
  ['workflows', "import { createAyonClient } from '../clients/ayon/client';"],
  ['workflows', "import { FtrackEvent } from '../contracts/messages';"],
  ['workflows', "import { createQueueActivities } from '../activities/queue';"],
  ['workflows', "import { z } from 'zod';"],
  ['workflows', "const { readFileSync } = require('node:fs');"],
  ['domain', "import { WebSocket } from 'ws';"],
  ['domain', "import 'node:fs';"],
  ['domain', "import type { Logger } from '../observability/logger';"],
  ['domain', "const later = await import('../clients/keep-trying');"],
  ['activities', "import { createAyonClient } from '../clients/ayon/client';"],
  ['leecher', "import {\n  studio,\n} from '../../simulators/studio';"],
  ['leecher', "import { NativeConnection } from '@temporalio/worker';"],
  ['clients', "export { readEnv } from '../config/env';"],
  ['cli', "import { studio } from '../../simulators/studio';"],
  ['cli', "import { Testbed } from '../../testbed';"],
  ['simulators', "import { failure } from '../src/errors';"],
  ['simulators', "import { Session } from '@ftrack/api';"],
])('a breach in %s is reported: %s', (unit, line) => {
  const spec = /'([^']+)'/.exec(line)?.[1] ?? '';
  const deep = '../'.repeat(file(unit).split('/').length - (unit === 'simulators' ? 2 : 3));

  const text = spec.startsWith('.') ? line.replace("'../", `'../${deep}`) : line;

  expect(breachesOf(file(unit), text)).toHaveLength(1);
});

test.each([
  ['workflows', "import type { FtrackEvent } from '../contracts/messages';"],
  ['domain', "// import { WebSocket } from 'ws';"],
  ['leecher', "import { randomUUID } from 'node:crypto';"],
])('what is allowed in %s is not reported: %s', (unit, line) => {
  expect(breachesOf(file(unit), line)).toEqual([]);
});

test('a circle is reported', () => {
  const loop = "import { ERRORS } from './errors';";

  expect(circles(withText('src/errors.ts', loop))).toContain('src/errors.ts → src/errors.ts');
});
