import { createParkPolicy } from '../../../src/activities/park-policy';
import { parseSettings } from '../../../src/config/settings';

type Sources = Parameters<typeof createParkPolicy>[0];

const paired = { of: async () => ({ facts: { project: { name: 'Film' } } }) } as unknown as Sources['facts'];
const settings = (raw: unknown): Sources['settings'] => ({ load: async () => parseSettings(raw, 'test') });

test("takes the project's setting, `park` unless it says otherwise", async () => {
  const halt = createParkPolicy({ facts: paired, settings: settings({ temporal: { on_parked: 'halt' } }) });
  const silent = createParkPolicy({ facts: paired, settings: settings({}) });

  expect(await halt('p')).toBe('halt');
  expect(await silent('p')).toBe('park');
});

test('goes on while AYON cannot tell, without a project, and in projects that AYON does not know', async () => {
  const away: Sources['facts'] = { of: () => Promise.reject(new Error('AYON is away')) };
  const unknown: Sources['facts'] = { of: async () => ({ skip: 'AYON does not know it' }) };
  const halting = settings({ temporal: { on_parked: 'halt' } });

  expect(await createParkPolicy({ facts: away, settings: halting })('p')).toBe('park');
  expect(await createParkPolicy({ facts: unknown, settings: halting })('p')).toBe('park');
  expect(await createParkPolicy({ facts: paired, settings: halting })(null)).toBe('park');
});
