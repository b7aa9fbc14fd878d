import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSettingsLoader, parseSettings } from '../../../src/config/settings';

const { signal } = new AbortController();
const recorded = join('..', 'shared', 'data', 'ayon', 'answers', '09-services.json');

describe('settings of the addon', () => {
  test('the defaults are those of the Python addon', () => {
    const answers = existsSync(recorded)
      ? (JSON.parse(readFileSync(recorded, 'utf8')) as { title: string; response: { body: unknown } }[])
      : [];
    const body = answers.find(({ title }) => title === 'ftrack addon settings')?.response.body ?? {};

    const defaults = parseSettings({}, 'studio');

    expect(defaults).toEqual(parseSettings(body, 'studio'));
    expect(defaults.attributesMapping.mapping).toHaveLength(10);
  });

  test('unknown keys are ignored, wrong ones are named', () => {
    expect(parseSettings({ enabled: false, new_key: 1 }, 'studio').enabled).toBe(false);
    const wrong = (): unknown => parseSettings({ enabled: 'yes' }, 'project p');

    expect(wrong).toThrow(/project p.*enabled/);
    expect(wrong).toThrow(expect.objectContaining({ type: 'settings-invalid' }));
  });

  test('they are read again once they are old', async () => {
    let now = 0;
    let reads = 0;
    const source = { settings: async () => ({ enabled: (reads += 1) > 1 }) };
    const loader = createSettingsLoader(source, { maxAge: 100, now: () => now });

    expect((await loader.load('p', signal)).enabled).toBe(false);
    now = 99;
    expect((await loader.load('p', signal)).enabled).toBe(false);
    now = 101;
    expect((await loader.load('p', signal)).enabled).toBe(true);
    expect(reads).toBe(2);
  });
});
