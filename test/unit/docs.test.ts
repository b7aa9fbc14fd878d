import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SEARCH_ATTRIBUTES, SIGNAL } from '../../src/contracts/names';
import { ERRORS } from '../../src/errors';

const ROOT = path.resolve(__dirname, '../..');
const fileOf = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const docs = readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`);
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs].filter((name) =>
  name.endsWith('.md'),
);
const scripts = (JSON.parse(fileOf('package.json')) as { scripts: Record<string, string> }).scripts;

test('docs/errors.md has one row per code, with its class, and no other', () => {
  const rows = [...fileOf('docs/errors.md').matchAll(/^\| `([a-z-]+)` \| (\w+) \| \S.* \| \S.* \|$/gm)];

  expect(Object.fromEntries(rows.map(([, code, kind]) => [code, kind]))).toEqual(ERRORS);
  expect(rows).toHaveLength(Object.keys(ERRORS).length);
});

test('docs/operations.md names search attributes and messages that exist', () => {
  const text = fileOf('docs/operations.md');
  const attributes = [...text.matchAll(/\b((?:Ftrack|Sync)[A-Z]\w+) =/g)].map(([, name = '']) => name);
  const messages = [...text.matchAll(/(?:update|signal) `(\w+)`/gi)].map(([, name = '']) => name);

  expect(attributes.filter((name) => !(name in SEARCH_ATTRIBUTES))).toEqual([]);
  expect(messages).toEqual(expect.arrayContaining(['retry', 'skip', 'pause', 'resume']));
  expect(messages.filter((name) => !(name in SIGNAL))).toEqual([]);
});

test.each(pages)('the links of %s lead to files', (page) => {
  const links = [...fileOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(path.resolve(ROOT, path.dirname(page), link)))).toEqual([]);
});

test.each(pages)('the npm commands of %s exist', (page) => {
  const named = [...fileOf(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);

  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('the changelog has an [Unreleased] part with something in it', () => {
  expect(fileOf('CHANGELOG.md')).toMatch(/^## \[Unreleased\]\n+### \w+\n+- \S/m);
});

test("README's first screen has the sentence, the picture, the two commands and the table, in this order", () => {
  const text = fileOf('README.md');
  const places = ['Keeps **ftrack**', '```mermaid', 'npm run demo', 'npm test', '## What is synced'].map(
    (each) => text.indexOf(each),
  );

  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
