import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import type { Entity } from './batches';
import { change, creation, deletion, desk } from './batches';

let simulator: FtrackSimulator;
let bob: Hand;
const { batch, userId, fresh, newShot } = desk(() => bob);

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

const refused = expect.objectContaining({ exception: 'PermissionError' }) as Error;

/** A new user with one role of this type, in the given projects or in all open ones. */
const newUser = (
  type: string,
  projects?: readonly string[],
): { hand: Hand; role: string; grant: string; id: string } => {
  const username = fresh('user');
  const role = bob.create('SecurityRole', { name: fresh('role'), type });
  const [user, grant] = batch(
    creation('User', { username }),
    creation('UserSecurityRole', { security_role_id: role, is_all_projects: projects === undefined }),
  );
  batch(
    change('UserSecurityRole', String(grant?.['id']), { user_id: user?.['id'] }),
    ...(projects ?? []).map((project) =>
      creation('UserSecurityRoleProject', { user_security_role_id: grant?.['id'], project_id: project }),
    ),
  );
  return { hand: simulator.as(username), role, grant: String(grant?.['id']), id: String(user?.['id']) };
};

const names = (hand: Hand, expression: string): unknown[] =>
  hand.query(expression).map((entity) => entity['name']);

const projects = 'select name from Project order by name';

describe('roles', () => {
  test('open the listed projects, and everything in them', () => {
    const project = bob.findByPath('nordlicht').id;
    const { hand, grant } = newUser('PROJECT', [project]);
    expect(names(hand, projects)).toEqual(['nordlicht']);
    expect(hand.query('Shot where project.name is "weisser_wal"')).toEqual([]);
    const own = hand.createShot({ parent: hand.findByPath('nordlicht/sq020').id, name: fresh('own') });
    hand.setCustomAttribute(own, 'frameEnd', 1100);
    const note = hand.addNote(own, 'schön');
    const foreign = bob.findByPath('weisser_wal/ep101').id;
    for (const attempt of [
      () => hand.update(foreign, { description: 'x' }),
      () => hand.createShot({ parent: foreign, name: 'x' }),
      () => hand.move(own, foreign),
      () => hand.addNote(foreign, 'x'),
      () => hand.remove(foreign),
    ]) {
      expect(attempt).toThrow(refused);
    }
    batch(
      ...bob
        .query(`UserSecurityRoleProject where user_security_role_id is "${grant}"`)
        .map(({ id }) => deletion('UserSecurityRoleProject', id as string)),
    );
    expect(names(hand, projects)).toEqual([]);
    for (const [type, id] of [
      ['Shot', own],
      ['Note', note],
    ]) {
      expect(hand.query(`${type} where id is "${id}"`)).toEqual([]);
    }
    expect(hand.query(`CustomAttributeValue where entity_id is "${own}"`)).toEqual([]);
    expect(hand.query(`ContextCustomAttributeValue where entity_id is "${own}"`)).toEqual([]);
    expect(hand.query(`select notes, children.name from Project where name is "nordlicht"`)).toEqual([]);
  });

  test('without one a user sees the workspace but no project', () => {
    const username = fresh('nobody');
    bob.create('User', { username });
    const hand = simulator.as(username);
    expect(names(hand, projects)).toEqual([]);
    expect(hand.query('AssetVersion')).toEqual([]);
    expect(hand.query('Status').length).toBeGreaterThan(5);
  });

  test('of type ASSIGNED open the projects in which the user has work, as long as there is some', () => {
    const { hand, id } = newUser('ASSIGNED');
    expect(names(hand, projects)).toEqual([]);
    expect(() => hand.create('Project', { name: fresh('own') })).toThrow(refused);
    const task = bob.createTask({ parent: newShot(), name: 'paint' });
    batch(creation('Appointment', { context_id: task, resource_id: id, type: 'allocation' }));
    expect(names(hand, projects)).toEqual([]);
    const [work] = batch(creation('Appointment', { context_id: task, resource_id: id, type: 'assignment' }));
    expect(names(hand, projects)).toEqual(['nordlicht']);
    hand.setStatus(task, 'In progress');
    batch(deletion('Appointment', String(work?.['id'])));
    expect(names(hand, projects)).toEqual([]);
    const group = bob.create('Group', { name: fresh('group'), local: false });
    batch(
      creation('Membership', { group_id: group, user_id: id }),
      creation('Appointment', { context_id: task, resource_id: group, type: 'assignment' }),
    );
    expect(names(hand, projects)).toEqual(['nordlicht']);
  });
});

describe('private projects', () => {
  test('are seen by who has explicit access, their maker included', () => {
    const name = fresh('secret');
    const project = bob.create('Project', { name, is_private: true });
    const shot = bob.createShot({ parent: project, name: 'sh010' });
    const aicha = simulator.as('aicha');
    expect(names(aicha, `select name from Project where name is "${name}"`)).toEqual([]);
    expect(aicha.query(`Event where project_id is "${project}"`)).toEqual([]);
    expect(() => aicha.rename(shot, 'x')).toThrow(refused);
    const [grant] = bob.query(`UserSecurityRole where user_id is "${userId('aicha')}"`);
    batch(creation('UserSecurityRoleProject', { user_security_role_id: grant?.['id'], project_id: project }));
    aicha.rename(shot, 'sh020');
    expect(names(bob, `select name from Shot where project_id is "${project}"`)).toEqual(['sh020']);
    batch(change('Project', project, { is_private: false }));
    expect(names(simulator.as('kenji'), `select name from Shot where project_id is "${project}"`)).toEqual([
      'sh020',
    ]);
  });

  test('nobody takes out of them what they do not see', () => {
    const project = bob.create('Project', { name: fresh('vault'), is_private: true });
    const context_id = bob.createShot({ parent: project, name: 'sh010' });
    const start = '2026-01-05T08:00:00';
    const log = bob.create('Timelog', { context_id, duration: 60, start, user_id: userId('bob') });
    const theft = change('Timelog', log, { context_id: newShot() });
    expect(() => simulator.as('aicha').batch([theft])).toThrow(refused);
    expect(bob.query(`Timelog where id is "${log}" and context_id is "${context_id}"`)).toHaveLength(1);
  });

  test('hidden ones are left out of relations and counts too', () => {
    const { id } = bob.findByPath('weisser_wal');
    const before = simulator.as('aicha').query('select assignments from User where username is "bob"');
    simulator.store.hideProject(id, ['aicha']);
    const after = simulator.as('aicha').query('select assignments from User where username is "bob"');
    const size = (found: Entity[]): number =>
      (found[0]?.['assignments'] as unknown[] | undefined)?.length ?? 0;
    expect(size(after)).toBeLessThan(size(before));
    expect(names(bob, projects)).toContain('weisser_wal');
    simulator.store.showProject(id);
    expect(size(simulator.as('aicha').query('select assignments from User where username is "bob"'))).toBe(
      size(before),
    );
  });
});

describe('custom attributes', () => {
  test('are read and written by the roles that their configuration lists', () => {
    const reader = newUser('PROJECT');
    const writer = newUser('PROJECT');
    const key = fresh('secret');
    const refs = (...ids: string[]): object[] => ids.map((id) => ({ __entity_type__: 'SecurityRole', id }));
    const [configuration] = batch(
      creation('CustomAttributeConfiguration', {
        key,
        label: key,
        entity_type: 'show',
        is_hierarchical: true,
        type_id: bob.idOf('CustomAttributeType', 'text'),
        config: '{}',
        default: '',
        read_security_roles: refs(reader.role, writer.role),
        write_security_roles: refs(writer.role),
      }),
    );
    const shot = newShot();
    writer.hand.setCustomAttribute(shot, key, 'x');
    const dense = `select value from ContextCustomAttributeValue where entity_id is "${shot}" and key is "${key}"`;
    const raw = `select value from CustomAttributeValue where entity_id is "${shot}"`;
    const kept = [{ configuration_id: configuration?.['id'], value: 'x' }];
    expect(reader.hand.query(dense)).toMatchObject(kept);
    expect(reader.hand.query(raw)).toMatchObject(kept);
    expect(bob.query(dense)).toEqual([]);
    expect(bob.query(raw)).toEqual([]);
    expect(
      JSON.stringify(bob.query(`select custom_attributes from Shot where id is "${shot}"`)),
    ).not.toContain(key);
    const target = [String(configuration?.['id']), shot];
    for (const operation of [
      change('ContextCustomAttributeValue', target, { value: 'y' }),
      deletion('CustomAttributeValue', target),
    ]) {
      expect(() => reader.hand.batch([operation])).toThrow(refused);
    }
    writer.hand.batch([deletion('CustomAttributeValue', target)]);
    expect(writer.hand.query(raw)).toEqual([]);
  });
});
