import { createQueuePolicies } from '../../../src/activities/queue-policies';
import { parseSettings } from '../../../src/config/settings';

type Sources = Parameters<typeof createQueuePolicies>[0];

const paired = { of: async () => ({ facts: { project: { name: 'Film' } } }) } as unknown as Sources['facts'];
const settings = (raw: unknown): Sources['settings'] => ({ load: async () => parseSettings(raw, 'test') });

test("takes the project's settings, else `park` and group turns", async () => {
  const told = createQueuePolicies({
    facts: paired,
    settings: settings({ temporal: { on_parked: 'park', group_turns: false } }),
  });
  const halting = createQueuePolicies({
    facts: paired,
    settings: settings({ temporal: { on_parked: 'halt', group_turns: true } }),
  });
  const silent = createQueuePolicies({ facts: paired, settings: settings({}) });

  expect([await told.parkPolicy('p'), await told.groupTurns('p')]).toEqual(['park', false]);
  // Nothing behind an event that parks may reach AYON before it.
  expect([await halting.parkPolicy('p'), await halting.groupTurns('p')]).toEqual(['halt', false]);
  expect([await silent.parkPolicy('p'), await silent.groupTurns('p')]).toEqual(['park', true]);
});

test('goes on one by one while AYON cannot tell, without a project, and in projects that AYON does not know', async () => {
  const away: Sources['facts'] = { of: () => Promise.reject(new Error('AYON is away')) };
  const unknown: Sources['facts'] = { of: async () => ({ skip: 'AYON does not know it' }) };
  const grouping = settings({ temporal: { group_turns: true } });

  for (const [facts, project] of [
    [away, 'p'],
    [unknown, 'p'],
    [paired, null],
  ] as const) {
    const { parkPolicy, groupTurns } = createQueuePolicies({ facts, settings: grouping });
    expect([await parkPolicy(project), await groupTurns(project)]).toEqual(['park', false]);
  }
});
