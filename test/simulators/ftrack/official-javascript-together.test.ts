import type { QueryResponse } from '@ftrack/api';
import { expression, operation, Session } from '@ftrack/api';
import type { Day, Entity } from './javascript-day';
import { sorted, startDay } from './javascript-day';

let day: Day;
let project: string;
let shot: string;
let task: string;

beforeAll(async () => {
  day = await startDay();
  project = await day.idOf('Project', 'leuchtturm');
  shot = await day.idOf('Shot', 'sh010');
  task = await day.idOf('Task', 'animation');
});

afterAll(() => day.close());

const names = (entities: unknown): unknown[] => (entities as Entity[]).map(({ name }) => name);
const update = (type: string, id: string, data: Record<string, unknown>): Promise<unknown> =>
  day.ada.update(type, [id], data);

describe('the official JavaScript client with others', () => {
  test('writes notes with replies, labels, recipients and completion', async () => {
    const [ada, bob] = await day.find(
      'select id from User where username in ("ada", "bob") order by username',
    );
    const label = await day.make('NoteLabel', { name: 'Kamera', color: '#3498DB', sort: 7 });
    const note = await day.make('Note', {
      content: 'Licht zu hell – bitte prüfen',
      parent_id: task,
      parent_type: 'TypedContext',
      user_id: ada?.id,
      is_todo: true,
    });
    await day.ada.call([
      operation.create('NoteLabelLink', { label_id: label, note_id: note }),
      operation.create('Recipient', { note_id: note, resource_id: bob?.id }),
      operation.create('Note', { content: 'Ist in Arbeit', in_reply_to_id: note, user_id: bob?.id }),
      operation.update('Note', [note], { completed_by_id: bob?.id, completed_at: new Date() }),
    ]);
    const read = await day.one(
      'select content, replies.content, replies.author.username, recipients.resource_id, category.name, ' +
        `completed_by.username, completed_at, project.name from Note where id is ${note}`,
    );
    expect(read).toMatchObject({
      content: 'Licht zu hell – bitte prüfen',
      replies: [{ content: 'Ist in Arbeit', author: { username: 'bob' } }],
      category: { name: 'Kamera' },
      completed_by: { username: 'bob' },
      completed_at: expect.any(String),
      project: { name: 'leuchtturm' },
    });
    const recipients = read['recipients'] as Entity[];
    expect(sorted(recipients.map((one) => one['resource_id']))).toEqual(sorted([ada?.id, bob?.id]));
    await day.ada.delete('Note', [note]);
    expect(await day.find(`Note where in_reply_to_id is ${note} or id is ${note}`)).toEqual([]);
  });

  test('keeps lists and a review session', async () => {
    const [category] = await day.find('select id from ListCategory');
    const list = await day.make('TypedContextList', {
      name: 'Trailer',
      project_id: project,
      category_id: category?.id,
    });
    const entry = await day.make('ListObject', { list_id: list, entity_id: shot });
    expect(
      await day.one(`select items.name, is_open from TypedContextList where id is ${list}`),
    ).toMatchObject({
      items: [{ name: 'sh010' }],
      is_open: true,
    });
    await day.ada.delete('ListObject', [entry]);
    expect(await day.find(`select id from Shot where lists any (id is ${list})`)).toEqual([]);
    const asset = await day.make('Asset', {
      name: 'anim',
      context_id: shot,
      type_id: await day.idOf('AssetType', 'Animation'),
    });
    const version = await day.make('AssetVersion', { asset_id: asset, task_id: task });
    const now = new Date();
    const review = await day.make('ReviewSession', {
      name: 'Kundenabnahme',
      description: '',
      project_id: project,
      start_date: now,
      end_date: new Date(now.getTime() + 86_400_000),
    });
    const item = await day.make('ReviewSessionObject', {
      name: 'sh010',
      description: '',
      version: 'v1',
      version_id: version,
      review_session_id: review,
      sort_order: 1,
    });
    const guest = await day.make('ReviewSessionInvitee', {
      name: 'Frau Kunde',
      email: 'kunde@film.example',
      review_session_id: review,
    });
    await day.make('ReviewSessionObjectStatus', {
      status: 'require_changes',
      review_session_object_id: item,
      review_session_invitee_id: guest,
    });
    const invite = { action: 'send_review_session_invite', review_session_invitee_id: guest };
    expect(await day.ada.call([invite as never])).toMatchObject([{ sent: true }]);
    expect(
      await day.one(
        'select review_session_objects.statuses.status, review_session_objects.asset_version.version, ' +
          `review_session_invitees.email from ReviewSession where id is ${review}`,
      ),
    ).toMatchObject({
      review_session_objects: [{ statuses: [{ status: 'require_changes' }], asset_version: { version: 1 } }],
      review_session_invitees: [{ email: 'kunde@film.example' }],
    });
  });

  test('runs one timer at a time, logs time, and tells of a job', async () => {
    const { id: ada } = await day.one('User where username is "ada"');
    const timer = await day.make('Timer', { user_id: ada, context_id: task, comment: '' });
    await expect(day.ada.create('Timer', { user_id: ada, context_id: task })).rejects.toThrow('Duplicate');
    await day.ada.call([
      operation.create('Timelog', { user_id: ada, context_id: task, duration: 1800, start: new Date() }),
      operation.delete('Timer', [timer]),
    ]);
    expect(await day.one(`select time_logged from Task where id is ${task}`)).toMatchObject({
      time_logged: 1800,
    });
    const job = await day.make('Job', {
      type: 'api_job',
      user_id: ada,
      status: 'running',
      data: '{"description":"Rendern"}',
    });
    await update('Job', job, { status: 'done' });
    expect(await day.one(`select status, finished_at from Job where id is ${job}`)).toMatchObject({
      status: 'done',
      finished_at: expect.any(String),
    });
  });

  test('sees what another session changed, and is refused what it may not see or do', async () => {
    const cleo = await day.open('cleo');
    expect(names(await day.find('select name from Project', cleo))).toEqual(['geheim']);
    expect(names(await day.find('select name from Project order by name'))).toEqual(['leuchtturm']);
    await expect(cleo.update('Shot', [shot], { description: 'x' })).rejects.toMatchObject({
      name: 'ServerPermissionDeniedError',
    });
    await update('Shot', shot, { description: 'von Ada' });
    const folder = (await day.find('Folder where name is "pitch"', cleo))[0];
    await cleo.create('Task', { name: 'moodboard', parent_id: folder?.id });
    expect(await day.one(`select description from Shot where id is ${shot}`)).toMatchObject({
      description: 'von Ada',
    });
    const wrong = new Session(day.simulator.url, 'ada', 'wrong');
    await expect(wrong.initializing).rejects.toMatchObject({ errorCode: 'api_credentials_invalid' });
  });
});

describe('the official JavaScript client asks', () => {
  test('for pages, and finds with paths, sub-queries, groups and search', async () => {
    const parent = await day.make('Sequence', { name: 'sq900', parent_id: project });
    const batch = Array.from({ length: 7 }, (_, index) =>
      operation.create('Shot', { name: `pg${index}`, parent_id: parent, description: `it's "${index}"` }),
    );
    await day.ada.call(batch);
    const pages: unknown[][] = [];
    for (let offset: number | null = 0; offset !== null; ) {
      const answer: QueryResponse = await day.ada.query(
        `select name from Shot where parent_id is ${parent} order by name offset ${offset} limit 3`,
      );
      pages.push(names(answer.data));
      offset = answer.metadata.next.offset;
    }
    expect(pages).toEqual([['pg0', 'pg1', 'pg2'], ['pg3', 'pg4', 'pg5'], ['pg6']]);
    const found = async (condition: string): Promise<unknown[]> =>
      names(await day.find(`select name from Shot where project_id is ${project} and ${condition}`));
    expect(await found('children any (type has (name is "Animation"))')).toEqual(['sh010']);
    expect(await found('id in (select parent_id from Task where name is "animation")')).toEqual(['sh010']);
    expect(await found(expression`description is "${'it\'s "4"'}"`)).toEqual(['pg4']);
    expect(
      await found('not children any () and parent[Sequence].name is "sq900" order by name desc limit 1'),
    ).toEqual(['pg6']);
    const search = await day.ada.search({
      expression: 'select name from TypedContext',
      entityType: 'TypedContext',
      terms: ['pg', '5'],
      contextId: project,
    });
    expect(names(search.data)).toEqual(['pg5']);

    const strict = await day.open('ada', { strictApi: true });
    const counts = await day.find(
      `select count(id), parent_id from Shot where project_id is ${project} group by parent_id order by parent_id`,
      strict,
    );
    expect(counts.map((row) => row['count_id'])).toEqual(expect.arrayContaining([7, 1]));
    await expect(strict.query('Shot where (')).rejects.toThrow('position 12');
    await expect(day.ada.query('Scenery')).rejects.toThrow('Scenery');
  });

  test('ensures, merges by identity, and knows dates as moments unless told otherwise', async () => {
    const data = { username: 'dora', first_name: 'Dora' };
    const made = (await day.ada.ensure('User', data)) as Entity;
    expect(await day.ada.ensure('User', data)).toMatchObject({ id: made.id });
    await day.ada.ensure('User', { username: 'dora', email: 'dora@studio.example' }, ['username']);
    expect(await day.one('select first_name, email from User where username is "dora"')).toMatchObject({
      first_name: 'Dora',
      email: 'dora@studio.example',
    });

    const merging = await day.open('ada', { ensureSerializableResponse: false, decodeDatesAsIso: false });
    await merging.update('Task', [task], { start_date: new Date('2026-05-04T08:00:00Z') });
    const [first, second] = (await merging.call([
      operation.query(`select start_date, parent.name, parent.children.name from Task where id is ${task}`),
      operation.query(`select name from Shot where id is ${shot}`),
    ])) as unknown as { data: Record<string, unknown>[] }[];
    const read = first?.data[0] as { parent: { children: unknown[] }; start_date: { toISOString(): string } };
    expect(read.parent).toBe(second?.data[0]);
    expect(read.parent.children).toContain(read);
    expect(read.start_date.toISOString()).toBe('2026-05-04T08:00:00.000Z');
  });

  test('and is told by classes of errors what went wrong, also on the way', async () => {
    const { faults, url } = day.simulator;
    const query = (): Promise<unknown> => day.ada.query('select name from Project');
    await expect(day.ada.call([{ action: 'compute_media' } as never])).rejects.toThrow(
      "Invalid action u'compute_media'",
    );
    await expect(day.ada.create('Shot', { name: 7, parent_id: project })).rejects.toMatchObject({
      name: 'ServerValidationError',
    });
    faults.add({ match: { path: /^\/api/ }, times: 1, effect: { html502: true } });
    await expect(query()).rejects.toMatchObject({ name: 'SyntaxError' });
    faults.add({ match: { path: /^\/api/ }, times: 1, effect: { reset: true } });
    await expect(query()).rejects.toBeDefined();
    faults.add({ match: { path: /^\/api/ }, times: 1, effect: { delayMs: 300 } });
    const impatience = new AbortController();
    const late = day.ada.query('select name from Project', { signal: impatience.signal });
    impatience.abort();
    await expect(late).rejects.toBeDefined();
    await expect(query()).resolves.toMatchObject({ action: 'query' });
    const broken = await fetch(`${url}/api`, {
      method: 'POST',
      headers: {
        'ftrack-user': 'ada',
        'ftrack-api-key': day.simulator.keyOf('ada'),
        'ftrack-strict-api': 'true',
      },
      body: '[{"action": "query"',
    });
    expect(broken.ok).toBe(false);
    expect(await broken.json()).toMatchObject({ exception: 'ValidationError', error_code: null });
  });

  test('for widgets, invitations, a background job and a new key', async () => {
    const call = async (operationData: Record<string, unknown>): Promise<Record<string, unknown>> =>
      ((await day.ada.call([operationData as never])) as unknown as Record<string, unknown>[])[0] ?? {};
    const widget = await call({
      action: 'get_widget_url',
      name: 'info',
      entity_type: 'Task',
      entity_key: [task],
    });
    expect(await (await fetch(String(widget['widget_url']))).text()).toContain('animation');
    const emil = await day.make('User', { username: 'emil' });
    expect(await call({ action: 'send_user_invite', user_id: emil })).toMatchObject({ sent: true });
    expect(await call({ action: 'delayed_job', job_type: 'SYNC_USERS_LDAP' })).toMatchObject({
      action: 'delayed_job',
    });
    const reset = await call({
      action: 'reset_remote',
      reset_type: 'api_key',
      entity_type: 'User',
      entity_key: [emil],
    });
    const { api_key: key } = reset['data'] as { api_key: string };
    const session = new Session(day.simulator.url, 'emil', key, { ensureSerializableResponse: true });
    await expect(session.initializing).resolves.toBe(session);
  });
});
