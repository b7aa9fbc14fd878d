import { createSyncEntities } from '../../../src/activities/sync-entities';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { Rig } from './rig';

describe('names that many entities pass on', () => {
  let rig: Rig;
  let shots: readonly string[];
  const hex = (id: string): string => id.replaceAll('-', '');
  const numbered = (number: number): string => `n${String(number * 10).padStart(3, '0')}`;
  const names = async (): Promise<(string | undefined)[]> => {
    const all = new Map((await rig.all()).map(({ id, name }) => [id, name]));
    return shots.map((id) => all.get(hex(id)));
  };
  const wanted = (): string[] => shots.map((_, at) => numbered(at + 2));

  beforeEach(async () => {
    rig = await Rig.start();
    const parent = rig.id('sq010');
    shots = Array.from({ length: 12 }, (_, at) => rig.bob.createShot({ parent, name: numbered(at + 1) }));
    await rig.sync();
  });
  afterEach(() => rig.close());

  const rename = (id: string, name: string) => ({
    action: 'update',
    entity_type: 'Shot',
    entity_key: [id],
    entity_data: { name },
  });

  test.each([
    ['from the first', (list: readonly unknown[]) => list],
    ['from the last', (list: readonly unknown[]) => list.toReversed()],
  ])('shots that are renumbered by one commit, %s: all follow at once', async (_, ordered) => {
    const renames = shots.map((id, at) => rename(id, numbered(at + 2)));
    rig.bob.batch(ordered(renames) as typeof renames);
    const [event] = rig.take();

    const requests = await rig.counting(() => rig.apply(event as FtrackEvent));

    expect(await names()).toEqual(wanted());
    expect(requests.ayon).toBeLessThanOrEqual(4);
  });

  test('three that pass their names round in a ring', async () => {
    const [a = '', b = '', c = ''] = shots;
    const ring = [rename(a, 'aside'), rename(c, numbered(1)), rename(b, numbered(3)), rename(a, numbered(2))];
    rig.bob.batch(ring);

    const results = await rig.sync();

    expect(results.map(({ outcome }) => outcome)).toEqual(['applied']);
    expect((await names()).slice(0, 4)).toEqual([2, 3, 1, 4].map(numbered));
  });

  test.each([
    ['change places', (first: string) => first],
    ['follow each other', () => rig.id('assets/Grüne Flasche')],
  ])('two tasks of one name that %s late: each keeps its name', async (_, placeOf) => {
    const [first = '', second = ''] = shots;
    const homes = new Map(
      [first, second].map((parent) => [rig.bob.createTask({ parent, name: 'roto', type: 'Layout' }), parent]),
    );
    // Of two that are in each other's way, the one with the smaller id steps aside.
    const [a = '', b = ''] = [...homes.keys()].toSorted();
    const [from = '', to = ''] = [a, b].map((id) => homes.get(id));
    await rig.sync();
    rig.bob.move(a, rig.id('sq010'));
    rig.bob.move(b, placeOf(from));
    rig.bob.move(a, to);

    await rig.sync();

    const all = new Map((await rig.all()).map((node) => [node.id, node]));
    const shown = [a, b].map((id) => all.get(hex(id))).map((node) => [node?.name, node?.parentId]);
    expect(shown).toEqual([
      ['roto', hex(to)],
      ['roto', hex(placeOf(from))],
    ]);
  });

  test('a task that stood aside when its processor was killed gets its name back from the same event', async () => {
    const [first = '', second = ''] = shots;
    const task = rig.bob.createTask({ parent: first, name: 'roto', type: 'Layout' });
    await rig.sync();
    rig.bob.move(task, second);
    const id = hex(task);
    const aside = { name: `roto_${id.slice(0, 8)}`, folderId: hex(second) };
    rig.ayon.as('bob').patch({ project: rig.project.ayonName, kind: 'task', id }, aside as never);

    await rig.sync();

    expect(await rig.seen(task)).toMatchObject({ name: 'roto', parentId: hex(second) });
  });

  test('what AYON puts off in every round is told and stays open, although all the rest was written', async () => {
    const [putOff, ...others] = shots;
    rig.bob.batch(shots.map((id) => rename(id, `r${id.slice(0, 8)}`)));
    const [event] = rig.take();
    const { ayon } = rig.deps;
    const waits = { success: false, status: 409, errorCode: 'blocked-by', detail: null };
    const deps = {
      ...rig.deps,
      ayon: {
        ...ayon,
        async operations(...[project, operations, signal]: Parameters<typeof ayon.operations>) {
          const id = hex(putOff ?? '');
          const sent = operations.filter(({ entityId }) => entityId !== id);
          const results = await ayon.operations(project, sent, signal);
          return operations.map(({ entityId }) => (entityId === id ? waits : results.shift()) ?? waits);
        },
      },
    };

    const failed = await rig.failing(event as FtrackEvent, createSyncEntities(deps));

    expect(failed).toMatchObject({
      code: 'ayon-conflict',
      message: expect.stringContaining(`sq010/r${putOff?.slice(0, 8)} still differs`),
      details: [{ entities: [putOff] }],
    });
    expect((await names()).slice(1)).toEqual(others.map((id) => `r${id.slice(0, 8)}`));
  });
});
