import { sampleStudio } from '../../../simulators/studio';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { Rig } from './rig';

describe('what is not synced, and what fails', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  test('projects that are not ours are skipped with a sentence', async () => {
    const unknown = '11111111-1111-4111-8111-111111111111';
    const entity = { entityId: unknown, entityType: 'task', action: 'update', keys: ['statusid'] };
    const event = { id: 'e', topic: 'ftrack.update', user: {}, entities: [entity], arrivedAt: 1 };

    const result = await rig.apply(event, unknown);

    expect(result.outcome).toBe('skipped');
    expect(result.summary).toContain('is not readable');
  });

  test('automatic sync switched off is a skip that names the attribute', async () => {
    rig.bob.setCustomAttribute(rig.project.id, 'auto_sync_enabled', false);
    rig.take();
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');

    const [result] = await rig.sync();

    expect(result).toMatchObject({ outcome: 'skipped' });
    expect(result?.summary).toContain('auto_sync_enabled');
  });

  test('the flag of a move that is blocked outlives edits of something else, and goes with the move', async () => {
    const holder = rig.bob.createShot({ parent: rig.id('sq020'), name: 'sh_011' });
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh 011' });
    await rig.sync();
    rig.bob.move(shot, rig.id('sq020'));
    const [moved] = rig.take();
    expect((await rig.failing(moved)).code).toBe('name-taken');

    rig.bob.update(shot, { description: 'meanwhile' });
    await rig.sync();
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_sync_failed')).toBe(true);

    rig.bob.rename(holder, 'sh012');
    await rig.sync();
    await rig.apply(moved as FtrackEvent);
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_sync_failed')).toBe(false);
    expect((await rig.seen(shot))?.parentId).toBe(rig.id('sq020').replaceAll('-', ''));
  });

  test('AYON away is an outage, a proxy page too, a refused key too', async () => {
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');
    const [event] = rig.take();
    rig.ayon.faults.add({ times: Number.POSITIVE_INFINITY, effect: { html502: true } });
    expect((await rig.failing(event)).code).toBe('ayon-unreachable');
    await rig.ayon.refuse();
    expect((await rig.failing(event)).code).toBe('ayon-unreachable');
  });

  test('ftrack away is an outage: refused, or a page instead of JSON', async () => {
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');
    const [event] = rig.take();
    const broken = rig.ftrack.faults.add({ times: Number.POSITIVE_INFINITY, effect: { html502: true } });
    expect((await rig.failing(event)).code).toBe('ftrack-unreachable');
    broken.remove();
    await rig.ftrack.refuse();
    expect((await rig.failing(event)).code).toBe('ftrack-unreachable');
    await rig.ftrack.listen();
    expect((await rig.apply(event as FtrackEvent)).outcome).toBe('applied');
  });

  test('credentials that ftrack refuses are told apart from an outage of the network', async () => {
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');
    const [event] = rig.take();
    rig.ftrack.revokeCredentials();

    const { code, message } = await rig.failing(event);

    expect(code).toBe('ftrack-refused-key');
    expect(message).not.toContain(rig.ftrack.key);
  });

  test('AYON failing while its probe answers is no outage', async () => {
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');
    const [event] = rig.take();
    rig.ayon.faults.add({
      match: { path: '/graphql' },
      times: Number.POSITIVE_INFINITY,
      effect: { status: 500, body: { detail: 'boom' } },
    });

    expect((await rig.failing(event)).code).toBe('ayon-server-error');
  });

  test('an AYON server without the addon attributes is waited for, with a sentence that says what to do', async () => {
    const bare = await Rig.start(sampleStudio(), { attributes: 'without-ftrack' });
    bare.bob.setStatus(bare.id('sq010/sh010'), 'Approved');

    const { code, message } = await bare.failing(bare.take()[0]);
    await bare.close();

    expect(code).toBe('ayon-attribute-missing');
    expect(message).toContain('restart the server');
  });

  test('an AYON server without ftrackPath, which nothing rests on, gets everything else', async () => {
    const { store } = rig.ayon;
    store.attributes = new Map([...store.attributes].filter(([name]) => name !== 'ftrackPath'));
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh900' });
    rig.bob.rename(rig.id('sq010/sh010'), 'sh015');

    const outcomes = (await rig.sync()).map(({ outcome }) => outcome);

    expect(outcomes).toEqual(['applied', 'applied']);
    expect((await rig.seen(shot))?.own).toMatchObject({ ftrackId: shot });
  });

  test('a project that AYON does not know is a skip', async () => {
    const other = await Rig.start(sampleStudio(), { paired: false });
    other.bob.setStatus(other.id('sq010/sh010'), 'Approved');

    const [result] = await other.sync();
    await other.close();

    expect(result?.outcome).toBe('skipped');
    expect(result?.summary).toContain('AYON has no project for ftrack\'s "Nordlicht Werbespot"');
  });

  test('a project that is known by its name is paired, and filled by what events name', async () => {
    const [, commercial] = sampleStudio().projects;
    const project = { ...commercial, fullName: 'nordlicht_spot' } as ReturnType<
      typeof sampleStudio
    >['projects'][0];
    const other = await Rig.start({ ...sampleStudio(), projects: [project] }, { paired: false });
    const task = other.id('sq010/sh010/animation');
    other.bob.setStatus(task, 'Approved');

    const [event] = other.take();
    const first = await other.apply(event as FtrackEvent);
    const second = await other.apply(event as FtrackEvent);
    const seen = await other.seen(task);
    const shot = await other.seen(other.id('sq010/sh010'));
    const { attrib } = (await other.ayonProject()) as { attrib: Record<string, unknown> };
    await other.close();

    expect([first.outcome, second.outcome]).toEqual(['applied', 'unchanged']);
    expect(attrib['ftrackId']).toBe(project.id);
    expect(seen).toMatchObject({ status: 'Approved', assignees: ['bob'], parentId: shot?.id });
    expect(shot?.own).toMatchObject({ frameStart: 1001, description: 'Shot sh010, 48 frames' });
  });
});
