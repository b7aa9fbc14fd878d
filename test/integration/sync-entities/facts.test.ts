import type { FactsSources } from '../../../src/activities/sync/deps';
import { createProjectFacts } from '../../../src/activities/sync/facts';
import { createSyncEntities } from '../../../src/activities/sync-entities';
import { parseSettings } from '../../../src/config/settings';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { timings } from '../../../src/contracts/timings';
import { codeOf, failure } from '../../../src/errors';
import { Rig } from './rig';

const mark = (key: string) => ({
  id: key,
  key,
  entityType: 'show',
  objectTypeId: null,
  projectId: null,
  hierarchical: true,
  type: 'text',
  group: 'ayon',
});
const scopes = ['project', 'folder', 'task'];
const project = {
  name: 'p',
  label: null,
  active: true,
  attrib: {},
  statuses: [],
  folderTypes: [],
  taskTypes: [],
};

/** Sources that count how often they are asked. */
function counted(marks = ['ayon_id', 'ayon_path', 'ayon_sync_failed']) {
  const counts = { facts: 0, state: 0, project: 0 };
  let isDown = false;
  const sources: FactsSources = {
    ftrack: {
      facts: async () => {
        counts.facts += 1;
        return { objectTypes: [], statuses: [], types: [], attributes: marks.map(mark), users: [] };
      },
      state: async () => {
        counts.state += 1;
        if (isDown) {
          throw failure('ftrack-unreachable', 'down');
        }
        const found = { id: 'f', name: 'code', fullName: 'p', startDate: null, endDate: null };
        return {
          project: found,
          contexts: [],
          whereabouts: [],
          assignments: [],
          values: [],
          tasksOfAppointments: [],
        };
      },
    },
    ayon: {
      me: async () => 'service',
      projects: async () => [{ name: 'p', active: true, ftrackId: 'f' }],
      project: async () => {
        counts.project += 1;
        return project;
      },
      attributes: async () => [
        { name: 'ftrackId', type: 'string', scope: scopes, inherit: false, builtin: false },
      ],
      users: async () => [],
    },
    settings: { load: async () => parseSettings({}, 'test'), clear: () => undefined },
  };
  return { sources, counts, fail: (down: boolean) => (isDown = down) };
}

describe('facts of projects', () => {
  test('are read once while they are young, also by events that come together', async () => {
    let now = 0;
    const { sources, counts } = counted();
    const facts = createProjectFacts(sources, { now: () => now });

    await Promise.all([facts.of('f'), facts.of('f')]);
    await facts.of('f');
    expect(counts.project).toBe(1);
    now = 61_000;
    await facts.of('f');

    expect(counts.project).toBe(2);
    expect(counts.facts).toBe(1);
  });

  test('an outage is not remembered', async () => {
    const { sources, fail } = counted();
    const facts = createProjectFacts(sources);
    fail(true);
    expect(codeOf(await facts.of('f').catch((error: unknown) => error))).toBe('ftrack-unreachable');

    fail(false);

    expect(await facts.of('f')).toMatchObject({ facts: { project: { name: 'p' } } });
  });

  test('a group among the assignees does not make every event read all users again', async () => {
    const { sources, counts } = counted();
    const facts = createProjectFacts(sources);
    await facts.of('f');

    await facts.refreshSite('f', true);
    expect(counts.facts).toBe(1);

    await facts.refreshSite('f', false);
    expect(counts.facts).toBe(2);
  });

  test('a look within the calm asks nothing at all', async () => {
    const { sources, counts } = counted();
    const facts = createProjectFacts(sources);
    await facts.of('f');
    const before = { ...counts };

    await facts.refreshSite('f', true);

    expect(counts).toEqual(before);
  });

  test('a project whose values are read again and again is paired anew all the same', async () => {
    let now = 0;
    const { sources, counts } = counted();
    const facts = createProjectFacts(sources, { now: () => now });
    await facts.of('f');
    for (now = 10_000; now <= 70_000; now += 10_000) {
      await facts.refreshProject('f');
    }

    expect(counts.state).toBe(2);
  });

  test('the trouble of one project makes no other read the definitions anew', async () => {
    const { sources, counts, fail } = counted();
    const facts = createProjectFacts(sources);
    await facts.of('f');
    fail(true);
    await facts.of('other').catch(() => undefined);

    fail(false);
    await facts.refreshPairing('f');

    expect(counts.facts).toBe(1);
  });

  test('of two AYON projects with one ftrack id the active one counts', async () => {
    const { sources } = counted();
    const names = [
      { name: 'old', active: false, ftrackId: 'f' },
      { name: 'p', active: true, ftrackId: 'f' },
    ];
    const asked: string[] = [];
    const ayon: FactsSources['ayon'] = {
      ...sources.ayon,
      projects: async () => names,
      project: async (name, signal) => {
        asked.push(name);
        return sources.ayon.project(name, signal);
      },
    };

    await createProjectFacts({ ...sources, ayon }).of('f');

    expect(asked).toEqual(['p']);
  });

  test('a missing mark is named', async () => {
    const { sources } = counted(['ayon_id', 'ayon_path']);

    const error: unknown = await createProjectFacts(sources)
      .of('f')
      .catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe('ftrack-attribute-missing');
    expect(error).toMatchObject({ message: expect.stringContaining('"ayon_sync_failed"') });
  });
});

test('a bulk event that is read too slowly is settled in smaller parts', async () => {
  const rig = await Rig.start();
  const ids = Array.from({ length: 12 }, () => crypto.randomUUID());
  const parent_id = rig.id('sq010');
  rig.bob.batch(
    ids.map((id, n) => ({
      action: 'create',
      entity_type: 'Shot',
      entity_data: { id, name: `slow${n}`, parent_id },
    })),
  );
  const [event] = rig.take();
  // The clock goes as far as entities were asked for: more than four at once are read too slowly.
  let clock = 0;
  const state: FactsSources['ftrack']['state'] = (query, signal) => {
    clock += query.contextIds.length * 400;
    return rig.deps.ftrack.state(query, signal);
  };
  const deps = { ...rig.deps, ftrack: { ...rig.deps.ftrack, state } };
  const context = { signal: new AbortController().signal, timings: timings(), now: () => clock };
  const input = { event: event as FtrackEvent, project: rig.project.id, turn: { run: 'r', number: 1 } };

  const result = await createSyncEntities(deps).syncEntities(input, context);
  const made = new Set((await rig.all()).map(({ name }) => name));
  await rig.close();

  expect(result.outcome).toBe('applied');
  expect(ids.filter((_, n) => !made.has(`slow${n}`))).toEqual([]);
  expect(Object.keys(result.scope)).toHaveLength(12);
});

test('what is not sent while the look is young waits for the next look', async () => {
  const rig = await Rig.start();
  const parent = rig.id('sq010');
  const ids = Array.from({ length: 60 }, () => crypto.randomUUID());
  rig.bob.batch(
    ids.map((id, n) => ({
      action: 'create',
      entity_type: 'Shot',
      entity_data: { id, name: `first${n}`, parent_id: parent },
    })),
  );
  const [event] = rig.take();
  const batches: string[] = [];
  const noted = (body: unknown): boolean => {
    batches.push(JSON.stringify(body));
    if (batches.length === 1) {
      ids.forEach((id, n) => rig.bob.rename(id, `second${n}`));
    }
    return batches.length === 1;
  };
  // Longer than half the heartbeat below.
  rig.ayon.faults.add({ match: { path: /operations$/, body: noted }, times: 9, effect: { delayMs: 1_200 } });
  const input = { event: event as FtrackEvent, project: rig.project.id, turn: { run: 'run', number: 1 } };
  const context = {
    signal: new AbortController().signal,
    timings: { ...timings(), heartbeat: 2_000 },
    now: Date.now,
  };

  const result = await createSyncEntities(rig.deps).syncEntities(input, context);
  const names = new Set((await rig.all()).map(({ name }) => name));
  await rig.close();

  expect(result.outcome).toBe('applied');
  expect(ids.filter((_, n) => !names.has(`second${n}`))).toEqual([]);
  expect(batches.slice(1).filter((text) => text.includes('"name":"first'))).toEqual([]);
});

test('a difference that shows only after a write, and only in slow looks, is not taken for settled', async () => {
  const rig = await Rig.start();
  const task = rig.id('sq010/sh010/animation');
  rig.bob.setStatus(task, 'Approved');
  const [event] = rig.take();
  let clock = 0;
  let looks = 0;
  const state: FactsSources['ftrack']['state'] = (query, signal) => {
    looks += Number(query.contextIds.length > 0);
    clock += looks > 1 ? 10_000 : 0;
    return rig.deps.ftrack.state(query, signal);
  };
  const operations: typeof rig.deps.ayon.operations = async (...args) => {
    const results = await rig.deps.ayon.operations(...args);
    // The answer came late, and meanwhile somebody set another status.
    clock += 5_000;
    rig.bob.setStatus(task, 'In progress');
    return results;
  };
  const deps = { ...rig.deps, ftrack: { ...rig.deps.ftrack, state }, ayon: { ...rig.deps.ayon, operations } };
  const context = { signal: new AbortController().signal, timings: timings(), now: () => clock };
  const input = { event: event as FtrackEvent, project: rig.project.id, turn: { run: 'r', number: 1 } };

  const error: unknown = await createSyncEntities(deps)
    .syncEntities(input, context)
    .catch((thrown: unknown) => thrown);
  await rig.close();

  expect(codeOf(error)).toBe('ayon-overloaded');
});

test('what was read too long ago is not written, and that is an outage, not an "unchanged"', async () => {
  const rig = await Rig.start();
  const shot = rig.id('sq010/sh010');
  const task = rig.id('sq010/sh010/animation');
  rig.bob.setStatus(task, 'Approved');
  const [event] = rig.take();
  const before = await rig.seen(shot);
  let clock = 0;
  const context = { signal: new AbortController().signal, timings: timings(), now: () => (clock += 10_000) };
  const input = { event: event as FtrackEvent, project: rig.project.id, turn: { run: 'r', number: 1 } };

  const error: unknown = await createSyncEntities(rig.deps)
    .syncEntities(input, context)
    .catch((thrown: unknown) => thrown);
  const after = await rig.seen(shot);
  await rig.close();

  expect(codeOf(error)).toBe('ayon-overloaded');
  expect(after).toEqual(before);
});
