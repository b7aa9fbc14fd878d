import { Writable } from 'node:stream';
import { checkAyon, versionWarning } from '../../../src/cli/ayon-check';
import { missingAttributes } from '../../../src/domain/addon-attributes';
import type { AyonAttribute } from '../../../src/domain/model';
import { failure } from '../../../src/errors';
import { createLogger } from '../../../src/observability/logger';
import { until } from '../../support/until';

const attribute = (name: string, scope: readonly string[]): AyonAttribute => ({
  name,
  scope,
  type: 'string',
  inherit: false,
  builtin: false,
});
const WHOLE = [
  attribute('ftrackId', ['project', 'folder', 'task', 'version', 'list']),
  attribute('ftrackPath', ['project', 'folder', 'task']),
];

interface Fake {
  attributes: readonly AyonAttribute[] | Error;
  version: string;
}

/** A check of an AYON that answers what `fake` says at the moment. */
function check(fake: Fake) {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const stop = new AbortController();
  const checked = checkAyon(
    { logger: createLogger({ level: 'info', service: 'processor', destination }), signal: stop.signal },
    {
      version: async () => fake.version,
      attributes: async () => {
        if (fake.attributes instanceof Error) {
          throw fake.attributes;
        }
        return [...fake.attributes];
      },
    },
  );
  return { checked, lines, stop };
}

test('attributes that are missing are named with what to do, and found when they come', async () => {
  const fake: Fake = { version: '1.16.0', attributes: [attribute('ftrackId', ['project', 'folder'])] };
  const { checked, lines, stop } = check(fake);
  await until(() => checked.problem() !== undefined, { what: 'the problem' });

  expect(checked.problem()).toContain(
    'no attribute "ftrackId" for a task, version, list and none "ftrackPath" for a project, folder, task',
  );
  expect(checked.problem()).toContain('restart the server');
  expect(checked.state()).toEqual({ version: '1.16.0', reason: checked.problem() });

  fake.attributes = WHOLE;
  await until(() => checked.state()['reason'] === undefined, { what: 'the end of the problem' });

  expect(checked.problem()).toBeUndefined();
  expect(checked.state()).toEqual({ version: '1.16.0' });
  expect(lines.at(-1)).toContain('AYON is ready');
  stop.abort();
});

test('an AYON that is away is waited for: the service is ready to work as soon as it is back', async () => {
  const fake: Fake = { version: '1.16.0', attributes: failure('ayon-unreachable', 'AYON is away') };
  const { checked, lines, stop } = check(fake);
  await until(() => checked.state()['reason'] === 'AYON is away', { what: 'the reason' });

  expect(checked.problem()).toBeUndefined();

  fake.attributes = failure('ayon-refused-key', 'the key was refused');
  await until(() => checked.problem() === 'the key was refused', { what: 'the refused key' });
  stop.abort();
  expect(lines.filter((line) => line.includes('AYON is away'))).toHaveLength(1);
});

test('a server that was not tried is worked with, and warned about', async () => {
  const { checked, lines, stop } = check({ version: '1.17.2', attributes: WHOLE });
  await until(() => checked.state()['reason'] === undefined, { what: 'the look' });
  stop.abort();

  expect(checked.problem()).toBeUndefined();
  expect(lines.join('')).toContain('AYON 1.17.2 is newer');
});

test.each([
  ['1.16.0', undefined],
  ['1.16.9+DEVELOP', undefined],
  ['1.15.3', 'older'],
  ['0.9', 'older'],
  ['1.20.0', 'newer'],
  ['2.0.0', 'newer'],
  ['develop', 'cannot be compared'],
])('version %s: %s', (version, word) => {
  const warning = versionWarning(version);

  expect(word === undefined ? warning : warning?.includes(word)).toBe(word === undefined ? undefined : true);
});

test('only what is asked for is missed', () => {
  const present = [attribute('ftrackId', ['folder'])];

  expect(missingAttributes(present, { ftrackId: ['folder'] })).toBeUndefined();
  expect(missingAttributes(WHOLE)).toBeUndefined();
});
