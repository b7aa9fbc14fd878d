import type { FtrackSimulator, Hand } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { sampleStudio } from '../../../simulators/studio';

describe('a workspace with all schemas', () => {
  const renderPass = {
    id: '0a0a0a0a-0000-4000-8000-000000000002',
    name: 'Render Pass',
    type: 'RenderPass',
    sort: 9,
    isStatusable: false,
    isPrioritizable: false,
    isTimeReportable: true,
    icon: 'layer',
  };
  let simulator: FtrackSimulator;
  let hand: Hand;
  let shot: string;
  let project: string;

  beforeAll(async () => {
    simulator = await startFtrackSimulator({
      studio: { ...sampleStudio(), objectTypes: [renderPass] },
      socialFeed: false,
    });
    hand = simulator.as(simulator.user);
    shot = hand.findByPath('nordlicht/sq010/sh020').id;
    project = hand.findByPath('nordlicht').id;
  });
  afterAll(() => simulator.close());

  const create = (type: string, data: Record<string, unknown>): string => hand.create(type, data);
  const update = (type: string, key: string | string[], data: Record<string, unknown>): void => {
    hand.batch([{ action: 'update', entity_type: type, entity_key: key, entity_data: data }]);
  };
  const ids = (expression: string): unknown[] => hand.query(expression).map((entity) => entity['id']);
  const me = (): string => hand.query(`User where username is "${simulator.user}"`)[0]?.['id'] as string;

  test('offers the object types that were added, and keeps what their flags forbid', () => {
    const id = create('RenderPass', { name: 'beauty', parent_id: shot });

    expect(
      hand.query(
        'select icon, is_leaf, is_prioritizable, is_time_reportable from ObjectType where name is "Render Pass"',
      ),
    ).toEqual([
      expect.objectContaining({
        id: renderPass.id,
        icon: 'layer',
        is_leaf: false,
        is_prioritizable: false,
        is_time_reportable: true,
      }),
    ]);
    expect(ids(`TypedContext where object_type.name is "Render Pass" and parent.id is "${shot}"`)).toEqual([
      id,
    ]);
    expect(() => update('RenderPass', id, { status_id: hand.query('Status')[1]?.['id'] })).toThrow(
      /status_id of RenderPass cannot be changed/,
    );
  });

  test('follows relations to and from what plans a production', () => {
    const disk = create('Disk', { name: 'main' });
    update('Project', project, { disk: { __entity_type__: 'Disk', id: disk } });
    const scope = create('Scope', { name: 'hero' });
    update('Shot', shot, { scopes: [{ __entity_type__: 'Scope', id: scope }] });
    const type = create('ManagerType', { name: 'Supervisor' });
    create('Manager', { context_id: shot, type_id: type, user_id: me() });
    const times = { start: '2026-01-05T09:00:00', end: '2026-01-09T18:00:00' };
    const event = create('CalendarEvent', { name: 'Shoot', project_id: project, ...times });
    create('CalendarEventResource', { calendar_event_id: event, resource_id: me() });

    expect(ids('Project where disk.name is "main"')).toEqual([project]);
    expect(ids('Disk where projects any (name is "nordlicht")')).toEqual([disk]);
    expect(ids('Shot where scopes.name is "hero" and managers any (type.name is "Supervisor")')).toEqual([
      shot,
    ]);
    expect(ids(`CalendarEvent where calendar_event_resources.resource.id is "${me()}"`)).toEqual([event]);
    const ofShot = `tasks any (id is "${shot}")`;
    expect(ids(`Status where ${ofShot} and state.short is "IN_PROGRESS"`)).toEqual([
      hand.entity(shot).data['status_id'],
    ]);
    expect(() => hand.query('select state_id from Status')).toThrow(/no attribute "state_id"/);
    expect(() => hand.query('select scope_id from _ContextScope')).toThrow(/Unknown entity type/);
  });

  test('follows relations between versions, reviews and settings, and computes what no column holds', () => {
    const asset = create('Asset', { name: 'anim', context_id: shot });
    const first = create('AssetVersion', { asset_id: asset });
    const second = create('AssetVersion', {
      asset_id: asset,
      uses_versions: [{ __entity_type__: 'AssetVersion', id: first }],
    });
    const session = create('ReviewSession', {
      project_id: project,
      name: 'Dailies',
      start_date: '2026-01-01T00:00:00',
      end_date: '2999-01-01T00:00:00',
      created_by_id: me(),
      created_at: '2026-01-01T00:00:00',
      thumbnail_source_id: second,
    });
    const shown = create('ReviewSessionObject', {
      review_session_id: session,
      version_id: second,
      created_at: '2026-01-01T00:00:00',
      sort_order: 1,
    });

    expect(ids('Asset where latest_version.version is 2 and ancestors any (name is "sq010")')).toEqual([
      asset,
    ]);
    expect(ids(`AssetVersion where is_latest_version is true and asset_id is "${asset}"`)).toEqual([second]);
    expect(ids(`AssetVersion where used_in_versions any (id is "${second}")`)).toEqual([first]);
    expect(ids(`AssetVersion where outgoing_links.to.id is "${second}"`)).toEqual([first]);
    expect(
      ids('ReviewSession where is_open is true and review_session_objects.asset_version.version is 2'),
    ).toEqual([session]);
    expect(ids(`AssetVersion where review_session_objects any (review_session.name is "Dailies")`)).toEqual([
      second,
    ]);
    expect(shown).toEqual(expect.any(String));
    const link = hand.query(`select link from AssetVersion where id is "${second}"`)[0]?.['link'];
    expect((link as { name: string }[]).map(({ name }) => name)).toEqual([
      'nordlicht',
      'sq010',
      'sh020',
      'anim v2',
    ]);
  });

  test('knows one thing under two names, and numbers as keys', () => {
    const label = create('NoteLabel', { name: 'Client' });
    expect(ids('NoteCategory where name is "Client"')).toEqual([label]);

    hand.setStatus(shot, 'Approved');
    expect(
      hand.query('select parent.name from TypedContextStatusChange where parent.name is "sh020"'),
    ).toHaveLength(1);

    const event = Number(simulator.eventLog.highestId);
    create('Feed', { social_id: event, owner_id: shot });
    expect(ids(`Event where feeds.owner_id is "${shot}"`)).toEqual([event]);
    expect(hand.query(`select event.action from Feed where event.id is ${event}`)).toHaveLength(1);
  });
});
