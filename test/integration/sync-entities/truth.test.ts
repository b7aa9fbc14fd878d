import { together } from '../../../src/activities/group';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { Rig } from './rig';

const hex = (id: string): string => id.replaceAll('-', '');

/** An event as the Event log's rows give it: nothing is said about what changed. */
const unscoped = (id: string, action = 'update', keys?: string[]): FtrackEvent => ({
  id: `log-${id}`,
  topic: 'ftrack.update',
  user: {},
  entities: [{ entityId: id, entityType: 'task', action, ...(keys ? { keys } : {}) }],
  arrivedAt: 1,
});

describe('what a result says it settled, and what it leaves behind', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  const ayonPatch = (kind: 'folder' | 'task', id: string, data: object): void =>
    rig.ayon.as('bob').patch({ project: rig.project.ayonName, kind, id }, data as never);

  describe('scope', () => {
    test('of an entity whose AYON edits were kept names nothing', async () => {
      const shot = rig.id('sq010/sh010');
      ayonPatch('folder', hex(shot), { status: 'Approved' });

      const result = await rig.apply(unscoped(shot));

      expect(result.summary).toContain('keeps what bob changed');
      expect(result.scope).toEqual({});
    });

    test('of an entity of which another event names something is that, and nothing else is touched', async () => {
      const shot = rig.id('sq010/sh010');
      ayonPatch('folder', hex(shot), { attrib: { description: "a person's" } });
      rig.bob.setStatus(shot, 'Approved');
      const [named] = rig.take();

      const result = await rig.apply(together(unscoped(shot), named === undefined ? [] : [named]));

      const seen = await rig.seen(shot);
      expect([seen?.status, seen?.own['description']]).toEqual(['Approved', "a person's"]);
      expect(result.scope).toEqual({ [shot]: ['statusid'] });
      expect(result.summary).toContain('keeps what bob changed');
    });

    test('of a removal that ftrack took back names nothing', async () => {
      const shot = rig.id('sq010/sh010');

      const result = await rig.apply(unscoped(shot, 'remove', ['name', 'statusid']));

      expect(result.scope).toEqual({});
    });

    test('of a removal that was carried out is the whole entity', async () => {
      const shot = rig.id('sq010/sh010');
      rig.bob.remove(shot);

      const result = await rig.apply(unscoped(shot, 'remove', ['name']));

      expect(result.scope[shot]).toBe('*');
    });

    test('of an update of what ftrack does not show names nothing', async () => {
      const gone = '22222222-2222-4222-8222-222222222222';

      const result = await rig.apply(unscoped(gone, 'update', ['statusid']));

      expect(result.scope).toEqual({});
    });

    test('of a rename that made room for a parked new shot is the whole shot', async () => {
      rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh_018' });
      await rig.sync();
      const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh 018' });
      const [added] = rig.take();
      expect((await rig.failing(added)).code).toBe('name-taken');
      rig.bob.rename(shot, 'sh019');

      const [result] = await rig.sync();

      expect(result?.scope[shot]).toBe('*');
    });

    test('of an edit is the words of the event', async () => {
      const task = rig.id('sq010/sh010/animation');
      rig.bob.setStatus(task, 'Approved');

      const [result] = await rig.sync();

      expect(result?.scope).toEqual({ [task]: ['statusid'] });
    });

    test('of an assignment that nobody can find any more names nothing', async () => {
      const entity = {
        entityId: '33333333-3333-4333-8333-333333333333',
        entityType: 'appointment',
        action: 'update',
      };

      const result = await rig.apply({ id: 'a', topic: 't', user: {}, entities: [entity], arrivedAt: 1 });

      expect(result.scope).toEqual({});
    });
  });

  test('a refused rename leaves the path of the pair as it is in AYON', async () => {
    const shot = rig.id('sq010/sh010');
    rig.bob.setCustomAttribute(shot, 'ayon_id', hex(shot));
    rig.bob.setCustomAttribute(shot, 'ayon_path', '/sq010/sh010');
    rig.publish(hex(shot));
    rig.take();
    rig.bob.rename(shot, 'other');
    const [event] = rig.take();

    expect((await rig.failing(event)).code).toBe('folder-immutable');

    expect(rig.bob.storedCustomAttribute(shot, 'ayon_path')).toBe('/sq010/sh010');
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(hex(shot));
  });

  test('a refused move leaves the path of the pair as it is in AYON', async () => {
    const shot = rig.id('sq010/sh010');
    rig.publish(hex(shot));
    rig.bob.move(shot, rig.id('assets'));
    const [event] = rig.take();

    expect((await rig.failing(event)).code).toBe('folder-immutable');

    expect(rig.bob.storedCustomAttribute(shot, 'ayon_path')).toBe('/sq010/sh010');
  });

  test('a taken name that ends in "id" is not taken for a taken id', async () => {
    const id = 'ad'.repeat(16);
    rig.ayon.as('bob').create({ project: rig.project.ayonName, kind: 'folder', id }, {
      name: 'MY-id',
      folderType: 'Shot',
      parentId: hex(rig.id('sq010')),
    } as never);
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'my-id' });
    await rig.sync();

    expect(await rig.seen(shot)).toMatchObject({ id, name: 'my-id' });
  });

  test('a removal that names a folder and all below it is one request', async () => {
    const sequence = rig.id('sq010');
    rig.bob.remove(sequence);
    const [event] = rig.take();
    expect(event?.entities.filter(({ entityType }) => entityType === 'task').length).toBeGreaterThan(3);

    const requests = await rig.counting(() => rig.apply(event as FtrackEvent));

    const writes = rig.ayon.calls.list().filter(({ path }) => path.endsWith('/operations'));
    expect(writes).toHaveLength(1);
    expect(requests.ayon).toBeGreaterThan(0);
  });

  test('what lies below a removed folder is only asked where it is, without its values', async () => {
    const sequence = rig.id('sq010');
    rig.bob.remove(sequence);
    await rig.apply(unscoped(sequence, 'remove', ['name']));

    const bodies = rig.ftrack.calls.list().map(({ body }) => body);
    const below = bodies.filter((body) => body.includes('select id, project_id from'));
    // A slow machine looks again after its write.
    expect(new Set(below).size).toBe(1);
    expect(below[0]?.match(/from CustomAttributeValue/g)).toHaveLength(1);
  });

  test('two ftrack entities with one ayon_id do not share the AYON folder that it names', async () => {
    const free = 'ef'.repeat(16);
    const parent = rig.id('sq010');
    rig.ayon.as('bob').create({ project: rig.project.ayonName, kind: 'folder', id: free }, {
      name: 'aa',
      folderType: 'Shot',
      parentId: hex(parent),
    } as never);
    const [first, copy] = [crypto.randomUUID(), crypto.randomUUID()];
    const configuration = rig.bob.idOf('CustomAttributeConfiguration', 'ayon_id', 'key');
    rig.bob.batch(
      [first, copy].flatMap((id, index) => [
        {
          action: 'create',
          entity_type: 'Shot',
          entity_data: { id, name: ['aa', 'bb'][index], parent_id: parent },
        },
        {
          action: 'create',
          entity_type: 'CustomAttributeValue',
          entity_data: { configuration_id: configuration, entity_id: id, value: free },
        },
      ]),
    );
    await rig.sync();

    expect(await rig.seen(first)).toMatchObject({ id: free, name: 'aa' });
    expect(await rig.seen(copy)).toMatchObject({ id: hex(copy), name: 'bb' });
  });

  test('adopting an AYON folder keeps what only AYON has', async () => {
    const id = 'ab'.repeat(16);
    rig.ayon.as('bob').create({ project: rig.project.ayonName, kind: 'folder', id }, {
      name: 'sh700',
      folderType: 'Shot',
      parentId: hex(rig.id('sq010')),
      attrib: { frameStart: 777, description: 'by hand' },
    } as never);
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh700' });
    await rig.sync();

    expect(await rig.seen(shot)).toMatchObject({
      id,
      own: { ftrackId: shot, frameStart: 777, description: 'by hand' },
    });
  });

  test('a deep entity of which only itself is known brings its eight parents', async () => {
    await rig.apply(unscoped(rig.id('sq010')));
    let parent = rig.project.id;
    for (let level = 1; level <= 8; level += 1) {
      parent = rig.bob.createContext('Folder', { parent, name: `level${level}` });
    }
    rig.take();

    const requests = await rig.counting(() => rig.apply(unscoped(parent)));

    expect(await rig.seen(parent)).toMatchObject({ name: 'level8', active: true });
    expect(requests.ftrack + requests.ayon).toBeLessThanOrEqual(10);
  });

  test('an AYON project that was renamed a moment ago is found by its id', async () => {
    const task = rig.id('sq010/sh010/animation');
    await rig.apply(unscoped(task, 'update', ['statusid']));
    rig.bob.setStatus(task, 'Approved');
    const [event] = rig.take();
    rig.ayon.faults.add({
      match: { path: '/graphql', body: (body) => JSON.stringify(body).includes('taskType') },
      effect: {
        status: 200,
        body: { data: null, errors: [{ message: 'Project not found', extensions: { status: 404 } }] },
      },
    });

    await rig.apply(event as FtrackEvent);

    expect((await rig.seen(task))?.status).toBe('Approved');
  });

  test('a proxy that answers 404 with a page does not make the project unknown', async () => {
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');
    rig.ayon.faults.add({
      match: { method: 'GET', path: /^\/api\/projects\/[^/]+$/ },
      times: Number.POSITIVE_INFINITY,
      effect: { status: 404, body: '<html>not here</html>', contentType: 'text/html' },
    });

    expect((await rig.failing(rig.take()[0])).code).toBe('ayon-unreachable');
  });

  test('AYON refusing to show a project is no skip', async () => {
    rig.bob.setStatus(rig.id('sq010/sh010'), 'Approved');
    rig.ayon.faults.add({
      match: { method: 'GET', path: /^\/api\/projects\/[^/]+$/ },
      times: Number.POSITIVE_INFINITY,
      effect: { status: 400, body: { code: 400, detail: 'no' } },
    });

    expect((await rig.failing(rig.take()[0])).code).toBe('ayon-rejected');
  });

  test('a value of the project that AYON cannot hold parks like that of a shot, after the rest was written', async () => {
    rig.bob.setCustomAttribute(rig.project.id, 'resolutionWidth', 12.5);
    const { code, message } = await rig.failing(rig.take().at(-1));

    expect(code).toBe('value-invalid');
    expect(message).toContain('resolutionWidth');
  });

  test('a change of the project that only the event log shows is applied', async () => {
    rig.bob.setCustomAttribute(rig.project.id, 'resolutionWidth', 2047);
    rig.take();
    const entity = { entityId: rig.project.id, entityType: 'show', action: 'update' };

    const event = { id: 'log-p', topic: 'ftrack.update', user: {}, entities: [entity], arrivedAt: 1 };
    await rig.apply(event);

    const { attrib } = (await rig.ayonProject()) as { attrib: Record<string, unknown> };
    expect(attrib['resolutionWidth']).toBe(2047);
  });

  test('a shot that went to another project and came back has its tasks back', async () => {
    const shot = rig.id('sq010/sh010');
    const task = rig.id('sq010/sh010/animation');
    const other = rig.bob.findByPath('weisser_wal/ep101').id;
    const moveTo = (parent: string): void =>
      rig.bob.batch([
        { action: 'update', entity_type: 'Shot', entity_key: [shot], entity_data: { parent_id: parent } },
      ]) as never;
    moveTo(other);
    await rig.sync();
    expect((await rig.seen(task))?.active).toBe(false);

    moveTo(rig.id('sq010'));
    await rig.sync();

    expect((await rig.seen(shot))?.active).toBe(true);
    expect((await rig.seen(task))?.active).toBe(true);
  });
});
