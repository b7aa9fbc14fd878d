import type { FtrackEvent } from '../../../src/contracts/messages';
import { Rig } from './rig';

describe('hard cases', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.close());

  async function settle(): Promise<void> {
    await rig.sync();
  }

  const ayonPatch = (kind: 'folder' | 'task', id: string, data: object): void =>
    rig.ayon.as('bob').patch({ project: rig.project.ayonName, kind, id }, data as never);

  const hex = (id: string): string => id.replaceAll('-', '');

  test('an AYON edit survives an unrelated ftrack edit of the same entity', async () => {
    const shot = rig.id('sq010/sh010');
    ayonPatch('folder', hex(shot), { status: 'Approved' });

    rig.bob.update(shot, { description: 'changed in ftrack' });
    await settle();

    expect(await rig.seen(shot)).toMatchObject({
      status: 'Approved',
      own: { description: 'changed in ftrack' },
    });
  });

  test('an event that does not say what changed leaves alone what a person changed in AYON, and says so', async () => {
    const shot = rig.id('sq010/sh010');
    ayonPatch('folder', hex(shot), { status: 'Approved' });
    const unscoped = { entityId: shot, entityType: 'task', action: 'update' };
    const event = { id: 'log-1', topic: 'ftrack.update', user: {}, entities: [unscoped], arrivedAt: 1 };

    const result = await rig.apply(event);

    expect(result.summary).toContain('keeps what bob changed in AYON (status');
    expect((await rig.seen(shot))?.status).toBe('Approved');
  });

  test('values come from ftrack, not from the event', async () => {
    const shot = rig.id('sq010/sh010');
    rig.bob.setStatus(shot, 'Approved');
    rig.bob.setStatus(shot, 'Not started');
    const [older] = rig.take();

    await rig.apply(older as FtrackEvent);

    expect((await rig.seen(shot))?.status).toBe('Not started');
  });

  test('a copied ayon_id does not take over the original', async () => {
    const original = rig.id('sq010/sh010');
    rig.bob.setCustomAttribute(original, 'ayon_id', hex(original));
    const copy = rig.bob.createShot({ parent: rig.id('sq020'), name: 'copy of sh010' });
    rig.bob.setCustomAttribute(copy, 'ayon_id', hex(original));
    await settle();

    expect((await rig.seen(original))?.own['ftrackId']).toBe(original);
    expect(await rig.seen(copy)).toMatchObject({ id: hex(copy), name: 'copy_of_sh010' });
    expect(rig.bob.storedCustomAttribute(copy, 'ayon_id')).toBe(hex(copy));
  });

  test('an AYON folder made by hand is adopted by its name', async () => {
    const id = 'ab'.repeat(16);
    rig.ayon.as('bob').create({ project: rig.project.ayonName, kind: 'folder', id }, {
      name: 'sh700',
      folderType: 'Shot',
      parentId: hex(rig.id('sq010')),
    } as never);
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh700' });
    await settle();

    expect(await rig.seen(shot)).toMatchObject({ id, own: { ftrackId: shot } });
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(id);
  });

  test('one whose ftrack entity is gone is adopted, one that is alive is not', async () => {
    const dead = 'cd'.repeat(16);
    rig.ayon.as('bob').create({ project: rig.project.ayonName, kind: 'folder', id: dead }, {
      name: 'sh_701',
      folderType: 'Shot',
      parentId: hex(rig.id('sq010')),
      attrib: { ftrackId: '00000000-0000-4000-8000-000000000000' },
    } as never);
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh_701' });
    await settle();
    expect(await rig.seen(shot)).toMatchObject({ id: dead });

    const second = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh 701' });
    const { code, message } = await rig.failing(rig.take().at(-1));
    expect(code).toBe('name-taken');
    expect(message).toContain('"sh 701"');
    expect(message).toContain('"sh_701"');
    expect(rig.bob.storedCustomAttribute(second, 'ayon_sync_failed')).toBe(true);
    expect(rig.bob.storedCustomAttribute(second, 'ayon_id')).toBe('');
  });

  test('after the conflict is mended the flag is cleared', async () => {
    rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh 011' });
    await settle();
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh_011' });
    const [event] = rig.take();
    expect((await rig.failing(event)).code).toBe('name-taken');

    rig.bob.rename(shot, 'sh012');
    await settle();

    expect(rig.bob.storedCustomAttribute(shot, 'ayon_sync_failed')).toBe(false);
    expect(await rig.seen(shot)).toMatchObject({ name: 'sh012' });
  });

  test('an inactive namesake is never brought back: a new entity is made', async () => {
    const shot = rig.id('sq010/sh010');
    rig.bob.remove(shot);
    await settle();
    const again = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh010' });
    await settle();

    expect(await rig.seen(again)).toMatchObject({ id: hex(again), active: true });
    expect((await rig.seen(shot))?.active).toBe(false);
  });

  test('a derived id that somebody else has: another id, reported', async () => {
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh702' });
    rig.ayon.as('bob').create({ project: rig.project.ayonName, kind: 'folder', id: hex(shot) }, {
      name: 'squatter',
      folderType: 'Shot',
      parentId: hex(rig.id('sq020')),
    } as never);

    const [result] = await rig.sync();

    const seen = await rig.seen(shot);
    expect(seen?.id).not.toBe(hex(shot));
    expect(seen).toMatchObject({ name: 'sh702' });
    expect(result?.summary).toContain('its own is taken by /sq020/squatter');
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(seen?.id);
  });

  test('a crash between AYON and the write-back is healed by applying the event again', async () => {
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh703' });
    const [event] = rig.take();
    const isWrite = (body: unknown): boolean => JSON.stringify(body).includes('"create"');
    rig.ftrack.faults.add({ match: { body: isWrite }, effect: { reset: true } });

    expect((await rig.failing(event)).code).toBe('ftrack-unreachable');
    expect((await rig.apply(event as FtrackEvent)).outcome).toBe('applied');

    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(hex(shot));
  });

  test('a lost answer of AYON is no second folder', async () => {
    const shot = rig.bob.createShot({ parent: rig.id('sq010'), name: 'sh704' });
    const [event] = rig.take();
    rig.ayon.faults.add({ match: { path: /operations$/ }, effect: { resetAfter: true } });

    await rig.apply(event as FtrackEvent);

    const all = await rig.all();
    expect(all.filter(({ name }) => name === 'sh704')).toHaveLength(1);
    expect(await rig.seen(shot)).toMatchObject({ id: hex(shot) });
  });

  test('an empty name is told with the name', async () => {
    rig.bob.createShot({ parent: rig.id('sq010'), name: '--' });

    const { code, message } = await rig.failing(rig.take().at(-1));

    expect(code).toBe('name-empty');
    expect(message).toContain('"--"');
  });

  test('a child of an entity that cannot come waits for it by id', async () => {
    const parent = rig.bob.createShot({ parent: rig.id('sq010'), name: '...' });
    rig.bob.createTask({ parent, name: 'comp', type: 'Compositing' });
    const [, child] = rig.take();

    const { code, details } = await rig.failing(child);

    expect(code).toBe('blocked-by');
    expect(details).toMatchObject([{ blockedBy: parent }]);
  });

  test('a task directly below the project is refused with a sentence', async () => {
    rig.bob.createTask({ parent: rig.project.id, name: 'edit', type: 'Layout' });

    const { code, message } = await rig.failing(rig.take().at(-1));

    expect(code).toBe('ayon-rejected');
    expect(message).toContain('move it into a folder');
  });

  test('a value that AYON refuses keeps no new shot out: it comes without it, and the event says why', async () => {
    const shot = crypto.randomUUID();
    const id = rig.bob.idOf('CustomAttributeConfiguration', 'fps', 'key');
    rig.bob.batch([
      {
        action: 'create',
        entity_type: 'Sequence',
        entity_data: { id: shot, name: 'sq905', parent_id: rig.project.id },
      },
      {
        action: 'create',
        entity_type: 'CustomAttributeValue',
        entity_data: { configuration_id: id, entity_id: shot, value: -1 },
      },
    ]);

    const refused = { id: '0', type: 'create', entityType: 'folder', success: false, status: 400 };
    const detail = 'attrib -> fps: ensure this value is greater than 0';
    rig.ayon.faults.add({
      match: { path: /operations$/ },
      effect: {
        status: 200,
        body: { success: false, operations: [{ ...refused, errorCode: 'invalid_data', detail }] },
      },
    });

    const { code, message } = await rig.failing(rig.take()[0]);

    expect([code, message]).toEqual(['value-invalid', expect.stringMatching(/sq905.*greater than 0/)]);
    const seen = await rig.seen(shot);
    expect(seen).toMatchObject({ name: 'sq905', active: true });
    expect(seen?.own['fps']).toBeUndefined();
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_sync_failed')).toBe(true);
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(hex(shot));
  });

  test('a removal that ftrack took back removes nothing and overwrites nothing', async () => {
    const shot = rig.id('sq010/sh010');
    ayonPatch('folder', hex(shot), { status: 'Approved' });
    const entity = { entityId: shot, entityType: 'task', action: 'remove', keys: ['name', 'statusid'] };

    const result = await rig.apply({ id: 'e', topic: 't', user: {}, entities: [entity], arrivedAt: 1 });

    expect(result.outcome).not.toBe('skipped');
    expect(await rig.seen(shot)).toMatchObject({ active: true, status: 'Approved' });
  });

  test('one bad entity of many keeps no other back, and is named', async () => {
    const parent = rig.id('sq010');
    const good = Array.from({ length: 120 }, () => crypto.randomUUID());
    const bad = crypto.randomUUID();
    const create = (id: string, name: string) => ({
      action: 'create',
      entity_type: 'Shot',
      entity_data: { id, name, parent_id: parent },
    });
    rig.bob.batch([
      ...good.slice(0, 60).map((id, n) => create(id, `b${n}`)),
      create(bad, '..'),
      ...good.slice(60).map((id, n) => create(id, `c${n}`)),
    ]);
    const [event] = rig.take();

    const { code, details } = await rig.failing(event);

    expect(code).toBe('name-empty');
    expect(details).toMatchObject([{ entities: [bad] }]);
    const made = new Set((await rig.all()).map(({ id }) => id));
    expect(good.filter((id) => !made.has(hex(id)))).toEqual([]);
    const requests = await rig.counting(() => rig.failing(event));
    expect(requests.ayon).toBeLessThanOrEqual(3);
  });

  test('names passed on along a row, in the order in which people made them', async () => {
    const [a, b] = [rig.id('sq010/sh010'), rig.id('sq010/sh020')];
    rig.bob.rename(b, 'sh025');
    rig.bob.rename(a, 'sh020');
    const [later, earlier] = rig.take();

    await rig.apply(earlier as FtrackEvent);
    await rig.apply(later as FtrackEvent);

    expect(await rig.seen(a)).toMatchObject({ name: 'sh020', active: true });
    expect(await rig.seen(b)).toMatchObject({ name: 'sh025', active: true });
  });

  test('a folder that would lie below itself is told so, in words that fit', async () => {
    const [sequence, shot] = [rig.id('sq010'), rig.id('sq010/sh010')];
    rig.bob.move(shot, rig.project.id);
    rig.take();
    rig.bob.batch([
      {
        action: 'update',
        entity_type: 'Sequence',
        entity_key: [sequence],
        entity_data: { parent_id: shot, description: 'inside out' },
      },
    ]);

    const { code, message } = await rig.failing(rig.take()[0]);

    expect([code, message]).toEqual([
      'ayon-rejected',
      'sh010/sq010 would lie below itself (sh010/sq010); give one of them another parent',
    ]);
  });

  test('two names swapped', async () => {
    const [a, b] = [rig.id('sq010/sh010'), rig.id('sq010/sh020')];
    rig.bob.rename(a, 'swap');
    rig.bob.rename(b, 'sh010');
    rig.bob.rename(a, 'sh020');
    await settle();

    expect(await rig.seen(a)).toMatchObject({ name: 'sh020', label: null });
    expect(await rig.seen(b)).toMatchObject({ name: 'sh010', label: null });
  });

  test('a folder with published versions: refused rename parks, the rest of the event is applied', async () => {
    const shot = rig.id('sq010/sh010');
    rig.publish(hex(shot));
    rig.bob.update(shot, { name: 'other', description: 'kept' });
    const [event] = rig.take();

    expect((await rig.failing(event)).code).toBe('folder-immutable');

    expect(await rig.seen(shot)).toMatchObject({ name: 'sh010', own: { description: 'kept' } });
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_sync_failed')).toBe(true);
    expect(rig.bob.storedCustomAttribute(shot, 'ayon_id')).toBe(hex(shot));
  });

  test('a removed folder with published versions stays, marked, while its tasks go', async () => {
    const shot = rig.id('sq010/sh010');
    const task = rig.id('sq010/sh010/animation');
    rig.publish(hex(shot));
    rig.bob.remove(shot);
    await settle();

    const all = await rig.all();
    expect(all.find(({ id }) => id === hex(shot))).toMatchObject({
      active: true,
      own: { ftrackId: 'removed' },
    });
    expect(all.find(({ id }) => id === hex(task))?.active).toBe(false);
  });

  test('an entity moved to another project leaves this one', async () => {
    const shot = rig.id('sq010/sh010');
    const other = rig.bob.findByPath('weisser_wal/ep101').id;
    rig.bob.batch([
      { action: 'update', entity_type: 'Shot', entity_key: [shot], entity_data: { parent_id: other } },
    ]);
    const [event] = rig.take();

    const result = await rig.apply(event as FtrackEvent);

    expect(result.summary).toContain('moved to another project');
    expect((await rig.seen(shot))?.active).toBe(false);
  });
});
