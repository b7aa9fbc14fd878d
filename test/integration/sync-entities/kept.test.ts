import type { StepResult } from '../../../src/activities/step';
import { createSyncEntities } from '../../../src/activities/sync-entities';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { timings } from '../../../src/contracts/timings';
import { Rig } from './rig';

const hex = (id: string): string => id.replaceAll('-', '');

/** An event as rows of ftrack's log give it: of these entities nothing is said. */
const hint = (...ids: string[]): FtrackEvent => ({
  id: `log-${ids[0]}`,
  topic: 'ftrack.update',
  user: {},
  entities: ids.map((id) => ({ entityId: id, entityType: 'task', action: 'update' })),
  arrivedAt: 1,
});

describe("a person's edit in AYON, and an event that does not say what changed in ftrack", () => {
  let rig: Rig;
  let shot: string;
  beforeEach(async () => {
    rig = await Rig.start();
    shot = rig.id('sq010/sh010');
  });
  afterEach(() => rig.close());

  const edit = (id: string, data: object, { kind = 'folder', by = 'bob' } = {}): void =>
    rig.ayon
      .as(by)
      .patch({ project: rig.project.ayonName, kind: kind as 'folder', id: hex(id) }, data as never);

  /** An edit in ftrack of which no event comes. */
  const unheard = (work: () => void): void => {
    rig.take();
    work();
    rig.take();
  };

  const queries = (): number =>
    rig.ayon.calls.list().filter(({ path }) => path.startsWith('/api/query')).length;

  const apply = (...ids: string[]): Promise<StepResult> => rig.apply(hint(...ids));

  test('stays although we wrote something else of the entity since, and is told; that is then not settled', async () => {
    edit(shot, { status: 'Approved' });
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();
    unheard(() => rig.bob.update(shot, { description: 'not told' }));

    const result = await apply(shot);

    const seen = await rig.seen(shot);
    expect([seen?.status, seen?.own['description']]).toEqual(['Approved', 'not told']);
    expect(result.summary).toContain('keeps what bob changed in AYON (status)');
    expect([result.outcome, result.scope]).toEqual(['applied', {}]);
  });

  test('is no shield for what we wrote after it, nor for what no person ever changed', async () => {
    const task = rig.bob.createTask({
      parent: shot,
      name: 'paint',
      type: 'Compositing',
      status: 'Not started',
    });
    await rig.sync();
    edit(task, { status: 'Approved' }, { kind: 'task' });
    rig.bob.setStatus(task, 'In progress');
    await rig.sync();
    edit(task, { assignees: ['aicha'] }, { kind: 'task' });
    unheard(() => {
      rig.bob.setStatus(task, 'On Hold');
      rig.bob.update(task, { description: 'ftrack says' });
      rig.bob.assign(task, 'kenji');
    });

    const result = await apply(task);

    const seen = await rig.seen(task);
    expect([seen?.status, seen?.own['description'], seen?.assignees]).toEqual([
      'On Hold',
      'ftrack says',
      ['aicha'],
    ]);
    expect(result.summary).toContain('keeps what bob changed in AYON (assignees)');
  });

  test('stays whatever it is of: name, type, place, attributes, and the entity itself', async () => {
    edit(shot, { label: 'The one', folderType: 'Sequence', parentId: hex(rig.id('assets')) });
    edit(shot, { attrib: { frameStart: 1234 }, active: false }, { by: 'aicha' });
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();
    const before = await rig.seen(shot);

    const result = await apply(shot);

    expect(await rig.seen(shot)).toEqual(before);
    expect(before).toMatchObject({ label: 'The one', active: false, own: { frameStart: 1234 } });
    expect(result.summary).toMatch(/keeps what bob changed in AYON \((?=.*name)(?=.*objectType)(?=.*parent)/);
    expect(result.summary).toMatch(/keeps what aicha changed in AYON \((?=.*active)(?=.*frameStart)/);
  });

  test('stays when it took the entity out, and what else differs is written to it there', async () => {
    edit(shot, { active: false });
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();
    unheard(() => rig.bob.update(shot, { description: 'not told' }));

    const result = await apply(shot);

    expect(await rig.seen(shot)).toMatchObject({ active: false, own: { description: 'not told' } });
    expect(result.summary).toContain('keeps what bob changed in AYON (active)');
  });

  test('gives way to what another entry names, attribute by attribute', async () => {
    edit(shot, { status: 'Approved', attrib: { frameStart: 1234, description: "a person's" } });
    rig.bob.setCustomAttribute(shot, 'fstart', 995);
    const [named] = rig.take();

    await rig.apply({ ...hint(shot), entities: [...hint(shot).entities, ...(named?.entities ?? [])] });

    const seen = await rig.seen(shot);
    expect([seen?.own['frameStart'], seen?.own['description'], seen?.status]).toEqual([
      995,
      "a person's",
      'Approved',
    ]);
  });

  test('stays without events while that person wrote last, and not once we did', async () => {
    const forget = (): void =>
      [...rig.ayon.store.events.ascending()].forEach((event) => rig.ayon.store.events.remove(event));
    edit(shot, { status: 'Approved' });
    forget();
    await apply(shot);
    expect((await rig.seen(shot))?.status).toBe('Approved');
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();
    forget();

    await apply(shot);

    expect((await rig.seen(shot))?.status).not.toBe('Approved');
  });

  test('is found among more events than one answer holds', async () => {
    edit(shot, { status: 'Approved' });
    for (let at = 0; at < 1_100; at += 1) {
      edit(shot, { tags: [`t${at}`] });
    }
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();

    await apply(shot);

    expect((await rig.seen(shot))?.status).toBe('Approved');
  });

  test('costs one request to the log for all entities that differ, and none where nothing is to be judged', async () => {
    const others = [rig.id('sq010/sh020'), rig.id('sq010/sh020/animation'), rig.id('sq020/sh010')];
    await apply(shot, ...others);
    const asked = queries();
    rig.bob.update(shot, { description: 'told' });
    const scoped = await rig.counting(() => rig.sync());
    const agreed = await rig.counting(() => apply(shot, ...others));
    expect([scoped, queries() - asked]).toEqual([{ ftrack: 1, ayon: 2 }, 0]);
    unheard(() => [shot, ...others].forEach((id) => rig.bob.update(id, { description: 'not told' })));

    const differing = await rig.counting(() => apply(shot, ...others));

    // The log is read once, and the operations are written.
    expect(queries() - asked).toBe(1);
    expect(differing).toEqual({ ftrack: agreed.ftrack, ayon: agreed.ayon + 2 });
    expect((await rig.seen(shot))?.own['description']).toBe('not told');
  });

  test('is looked for once in a log that answers slowly, and what follows from it is written', async () => {
    edit(shot, { status: 'Approved' });
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();
    unheard(() => rig.bob.update(shot, { description: 'not told' }));
    let clock = 0;
    const edits: typeof rig.deps.ayon.edits = (...args) => {
      clock += 10_000;
      return rig.deps.ayon.edits(...args);
    };
    const context = { signal: new AbortController().signal, timings: timings(), now: () => clock };
    const input = { event: hint(shot), project: rig.project.id, turn: { run: 'r', number: 1 } };

    const step = createSyncEntities({ ...rig.deps, ayon: { ...rig.deps.ayon, edits } });
    const result = await step.syncEntities(input, context);

    const seen = await rig.seen(shot);
    expect([result.outcome, seen?.status, seen?.own['description']]).toEqual([
      'applied',
      'Approved',
      'not told',
    ]);
  });

  test('is not overwritten while the log cannot be read', async () => {
    edit(shot, { status: 'Approved' });
    rig.bob.update(shot, { description: 'told' });
    await rig.sync();
    const times = Number.POSITIVE_INFINITY;
    const match = { path: '/api/query' };

    const broken = rig.ayon.faults.add({ match, times, effect: { status: 500, body: { detail: 'boom' } } });
    expect((await rig.failing(hint(shot))).code).toBe('ayon-server-error');
    broken.remove();
    rig.ayon.faults.add({ match, times, effect: { html502: true } });
    expect((await rig.failing(hint(shot))).code).toBe('ayon-unreachable');

    expect((await rig.seen(shot))?.status).toBe('Approved');
  });
});
