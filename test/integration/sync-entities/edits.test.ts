import { Rig } from './rig';

describe('one edit in ftrack', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.close());

  /** Applies what ftrack sent, then all of it again: the second time must write nothing. */
  async function settle(): Promise<string[]> {
    const events = rig.take();
    const summaries: string[] = [];
    for (const event of events) {
      const result = await rig.apply(event);
      summaries.push(`${result.outcome}: ${result.summary}`);
    }
    for (const event of events) {
      const again = await rig.apply(event);
      expect([event.entities[0]?.action, again.outcome, again.summary]).toEqual([
        event.entities[0]?.action,
        'unchanged',
        expect.any(String),
      ]);
    }
    return summaries;
  }

  test('a status', async () => {
    const task = rig.id('sq010/sh010/animation');

    rig.bob.setStatus(task, 'Approved');

    expect(await settle()).toEqual(['applied: sq010/sh010/animation: status → Approved']);
    expect((await rig.seen(task))?.status).toBe('Approved');
  });

  test('a status that the AYON project lacks is created there, once, with the state of ftrack', async () => {
    const statusId = rig.bob.create('Status', { name: 'On the Moon', color: '#123456', is_active: true });
    const task = rig.id('sq010/sh010/animation');

    rig.bob.update(task, { status_id: statusId });
    await settle();

    expect((await rig.seen(task))?.status).toBe('On the Moon');
    const statuses = (await rig.ayonProject())['statuses'] as { name: string }[];
    expect(statuses.filter(({ name }) => name === 'On the Moon')).toHaveLength(1);
    expect(statuses.length).toBeGreaterThan(1);
  });

  test('a status that AYON spells otherwise is the same status', async () => {
    const project = (await rig.ayonProject()) as { statuses: { name: string }[] };
    rig.ayon.as('bob').patchProject(rig.project.ayonName, {
      statuses: [...project.statuses, { name: 'ON hold (client)', state: 'blocked' }],
    } as never);
    const statusId = rig.bob.create('Status', {
      name: 'On Hold (Client)',
      color: '#123456',
      is_active: true,
    });
    const task = rig.id('sq010/sh010/animation');

    rig.bob.update(task, { status_id: statusId });
    await settle();

    expect((await rig.seen(task))?.status).toBe('ON hold (client)');
  });

  test('a rename: legal name, original as label, and the path in ftrack follows', async () => {
    const shot = rig.id('sq010/sh010');

    rig.bob.rename(shot, 'shot 10 (neu)');
    await settle();

    expect(await rig.seen(shot)).toMatchObject({ name: 'shot_10__neu_', label: 'shot 10 (neu)' });
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_path')).toBe('/sq010/shot_10__neu_');
    rig.bob.rename(shot, 'sh010');
    await settle();
    expect(await rig.seen(shot)).toMatchObject({ name: 'sh010', label: null });
  });

  test('a move to another parent', async () => {
    const shot = rig.id('sq010/sh030');

    rig.bob.move(shot, rig.id('assets'));
    await settle();

    const parent = await rig.seen(rig.id('assets'));
    expect(await rig.seen(shot)).toMatchObject({ parentId: parent?.id, own: { ftrackPath: 'assets/sh030' } });
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_path')).toBe('/assets/sh030');
    rig.bob.move(shot, rig.id('sq010'));
    await settle();
  });

  test('a task type', async () => {
    const task = rig.id('sq010/sh020/animation');

    rig.bob.update(task, { type_id: rig.bob.idOf('Type', 'Lighting') });
    await settle();

    expect((await rig.seen(task))?.type).toBe('Lighting');
  });

  test('a description, and its clearing', async () => {
    const shot = rig.id('sq010/sh020');

    rig.bob.update(shot, { description: 'a whale' });
    await settle();
    expect((await rig.seen(shot))?.own['description']).toBe('a whale');

    rig.bob.update(shot, { description: '' });
    await settle();
    expect((await rig.seen(shot))?.own['description']).toBeUndefined();
  });

  test('dates keep their day, and are cleared', async () => {
    const task = rig.id('sq010/sh020/animation');

    rig.bob.update(task, {
      start_date: { __type__: 'datetime', value: '2026-05-01T00:00:00' },
      end_date: { __type__: 'datetime', value: '2026-05-08T00:00:00' },
    });
    await settle();
    const own = (await rig.seen(task))?.own ?? {};
    expect(new Date(String(own['startDate'])).toISOString()).toBe('2026-05-01T00:00:00.000Z');
    expect(new Date(String(own['endDate'])).toISOString()).toBe('2026-05-08T00:00:00.000Z');

    rig.bob.update(task, { end_date: null });
    await settle();
    expect((await rig.seen(task))?.own['endDate']).toBeUndefined();
  });

  test('a custom attribute is set on the entity itself, even where it equals the inherited value, and unset', async () => {
    const shot = rig.id('sq020/sh010');
    rig.bob.setCustomAttribute(shot, 'fstart', 950);
    await settle();
    expect((await rig.seen(shot))?.own['frameStart']).toBe(950);

    rig.bob.setCustomAttribute(shot, 'fstart', undefined);
    await settle();
    expect((await rig.seen(shot))?.own['frameStart']).toBeUndefined();

    const inherited = (await rig.ayonProject())['attrib'] as Record<string, number>;
    rig.bob.setCustomAttribute(shot, 'fstart', inherited['frameStart']);
    await settle();
    expect((await rig.seen(shot))?.own['frameStart']).toBe(inherited['frameStart']);
  });

  test('a hierarchical attribute of a sequence', async () => {
    const sequence = rig.id('sq020');

    rig.bob.setCustomAttribute(sequence, 'resolutionWidth', 1024);
    await settle();

    expect((await rig.seen(sequence))?.own['resolutionWidth']).toBe(1024);
    expect((await rig.seen(rig.id('sq020/sh010')))?.own['resolutionWidth']).toBeUndefined();
  });

  test('assignees: people of both systems are paired, others that AYON assigned stay', async () => {
    const task = rig.id('sq010/sh020/animation');
    const node = await rig.seen(task);
    rig.ayon
      .as('bob')
      .patch(
        { project: rig.project.ayonName, kind: 'task', id: node?.id ?? '' },
        { assignees: ['bob', 'freelancer'] },
      );

    rig.bob.assign(task, 'kenji');
    await settle();
    expect((await rig.seen(task))?.assignees).toEqual(['bob', 'freelancer', 'kenji']);

    rig.bob.unassign(task, 'bob');
    await settle();
    expect((await rig.seen(task))?.assignees).toEqual(['freelancer', 'kenji']);
  });

  test("an assignment without its task's name comes over although the event names that task for something else", async () => {
    const task = rig.id('sq010/sh010/animation');
    rig.bob.update(task, { description: 'also described' });
    rig.bob.assign(task, 'aicha');
    const [edit, assignment] = rig.take();
    const [appointment] = assignment?.entities ?? [];
    // As the gap fill joins what the rows of ftrack's log tell.
    const bare = { entityId: appointment?.entityId ?? '', entityType: 'appointment', action: 'add' as const };

    await rig.apply({
      id: 'log-1',
      topic: 'ftrack.update',
      user: {},
      arrivedAt: 1,
      entities: [...(edit?.entities ?? []), bare],
    });

    const seen = await rig.seen(task);
    expect([seen?.own['description'], seen?.assignees]).toEqual([
      'also described',
      expect.arrayContaining(['aicha']),
    ]);
  });

  test('the project: dates and attributes', async () => {
    rig.bob.update(rig.project.id, { end_date: { __type__: 'datetime', value: '2027-01-31T00:00:00' } });
    rig.bob.setCustomAttribute(rig.project.id, 'resolutionWidth', 2048);
    await settle();

    const { attrib } = (await rig.ayonProject()) as { attrib: Record<string, unknown> };
    expect(attrib['resolutionWidth']).toBe(2048);
    expect(new Date(String(attrib['endDate'])).toISOString()).toBe('2027-01-31T00:00:00.000Z');
  });

  test('a renamed project keeps its AYON name, shows the new one, and stays paired', async () => {
    rig.bob.update(rig.project.id, { full_name: 'Nordlicht II' });
    await settle();
    const task = rig.id('sq010/sh010/animation');
    rig.bob.setStatus(task, 'In progress');
    await settle();

    expect(await rig.ayonProject()).toMatchObject({
      name: rig.project.ayonName,
      label: 'Nordlicht II',
      attrib: { ftrackPath: 'Nordlicht II' },
    });
    expect((await rig.seen(task))?.status).toBe('In progress');
  });

  test('a new shot and its task, and the marks in ftrack', async () => {
    const shot = rig.bob.createShot({ parent: rig.id('sq020'), name: 'sh 900', status: 'In progress' });
    const task = rig.bob.createTask({
      parent: shot,
      name: 'comp',
      type: 'Compositing',
      assignees: ['kenji'],
    });
    await settle();

    expect(await rig.seen(shot)).toMatchObject({
      id: shot.replaceAll('-', ''),
      name: 'sh_900',
      label: 'sh 900',
      type: 'Shot',
      status: 'In progress',
      own: { ftrackId: shot, ftrackPath: 'sq020/sh 900' },
    });
    expect(await rig.seen(task)).toMatchObject({ name: 'comp', type: 'Compositing', assignees: ['kenji'] });
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(shot.replaceAll('-', ''));
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_path')).toBe('/sq020/sh_900');
    expect(rig.bob.storedCustomAttribute(task, 'ayon_id')).toBe(task.replaceAll('-', ''));
    expect(rig.bob.storedCustomAttribute(task, 'ayon_path')).toBe('');
  });

  test('a new task below folders that AYON never heard of: all come, parents first', async () => {
    const episode = rig.bob.createContext('Episode', { parent: rig.project.id, name: 'ep900' });
    const sequence = rig.bob.createContext('Sequence', { parent: episode, name: 'sq900' });
    rig.take();
    const task = rig.bob.createTask({ parent: sequence, name: 'edit', type: 'Layout' });
    await settle();

    const [top, middle, leaf] = await Promise.all([episode, sequence, task].map((id) => rig.seen(id)));
    expect(top).toMatchObject({ parentId: null, type: 'Episode' });
    expect(middle).toMatchObject({ parentId: top?.id });
    expect(leaf).toMatchObject({ parentId: middle?.id });
  });

  test('a removal deactivates the entity and everything below it', async () => {
    const sequence = rig.bob.createContext('Sequence', { parent: rig.project.id, name: 'sq800' });
    const shot = rig.bob.createShot({ parent: sequence, name: 'sh010' });
    const task = rig.bob.createTask({ parent: shot, name: 'comp', type: 'Compositing' });
    await settle();

    rig.bob.remove(sequence);
    const [event] = rig.take();
    const only = { ...event, entities: event?.entities.filter(({ entityId }) => entityId === sequence) };
    expect((await rig.apply(only as never)).outcome).toBe('applied');
    expect((await rig.apply(only as never)).outcome).toBe('unchanged');

    for (const id of [sequence, shot, task]) {
      expect((await rig.seen(id))?.active).toBe(false);
    }
  });

  test('a milestone is nothing to AYON', async () => {
    const milestone = rig.bob.createContext('Milestone', { parent: rig.project.id, name: 'lock' });
    const results = await rig.sync();

    expect(results.map(({ outcome }) => outcome)).toEqual(['skipped']);
    expect(await rig.seen(milestone)).toBeUndefined();
  });
});
