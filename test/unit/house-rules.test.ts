import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What lint cannot say. Each rule is a pattern, the files where it may stand, and why it must not elsewhere. */
const ROOT = path.resolve(__dirname, '../..');
const THIS = 'test/unit/house-rules.test.ts';

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly where: RegExp;
  readonly except?: RegExp;
  readonly breach: string;
}

const RULES: readonly Rule[] = [
  {
    name: 'nothing is left to do in the code',
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/,
    where: /\.(?:ts|js|mjs|md|yml|yaml|sh)$|Dockerfile/,
    breach: '// TODO later',
  },
  {
    name: 'no path of one machine',
    pattern: /(?<![\w.}])\/(?:work\/(?:main|shared)|root|Users|home\/\w+|tmp)\//,
    where: /\.(?:ts|js|mjs|json|md|yml|yaml|sh)$|Dockerfile|\.ci\/run/,
    except: /^test\/fixtures\/|package-lock\.json$/,
    breach: "const file = '/root/.cache/x';",
  },
  {
    name: 'modules are not mocked: dependencies are handed in',
    pattern: /jest\.(?:mock|doMock|unstable_mockModule)\(/,
    where: /^test\/.*\.ts$/,
    breach: "jest.mock('node:fs');",
  },
  {
    name: 'only src/config/env.ts reads the environment of a service',
    pattern: /process\.env\b/,
    where: /^src\/.*\.ts$/,
    except: /^src\/config\/env\.ts$/,
    breach: "const level = process.env['LOG_LEVEL'];",
  },
  {
    name: 'no test is switched off or run alone',
    pattern: /\b(?:test|it|describe)\.only\(|\b(?:xit|xtest|fit)\(/,
    where: /^test\/.*\.ts$/,
    breach: "test.only('this one', run);",
  },
  {
    name: 'exact versions only',
    pattern: /^\s+"[@\w/.-]+": "[~^]/,
    where: /^package\.json$/,
    breach: '    "zod": "^4.0.0"',
  },
];

/** Files that git knows or would take. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  .toString()
  .split('\n')
  .filter((name) => name !== '' && name !== THIS);

const textOf = (name: string): string => {
  try {
    return readFileSync(path.join(ROOT, name), 'utf8');
  } catch {
    return '';
  }
};

test.each(RULES)('$name', ({ pattern, where, except, breach }) => {
  const looked = files.filter((name) => where.test(name) && !(except?.test(name) ?? false));
  const found = looked.flatMap((name) =>
    textOf(name)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${name}:${at + 1} ${line.trim()}`] : [])),
  );

  expect(looked.length).toBeGreaterThan(0);
  expect(found).toEqual([]);
  expect(breach).toMatch(pattern);
});

test('the lock file has an entry for each binary of each platform, or npm ci refuses it', () => {
  const { packages } = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; version?: string }>;
  };
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  const present = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')));

  expect(wanted.length).toBeGreaterThan(10);
  expect(wanted.filter((name) => !present.has(name))).toEqual([]);
});
