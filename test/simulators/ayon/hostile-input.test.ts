import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId, updateFolder } from './client';

/** Words that every JavaScript object answers to. */
const INHERITED = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];

describe('input that nobody means well', () => {
  let simulator: AyonSimulator;
  let service: TestClient;

  beforeAll(async () => {
    simulator = await startAyonSimulator();
    service = new TestClient(simulator);
    await service.send('POST', '/api/projects', { name: 'show', code: 'sh' });
    await service.operations('show', [createFolder(1, { name: 'sh010' })]);
  });

  afterAll(() => simulator.close());

  it.each(INHERITED)('knows no operator, column, event operation or variant "%s"', async (word) => {
    const conditions = [{ key: 'topic', operator: word, value: 'x' }];
    const sorted = `{ project(name: "show") { folders(sortBy: "${word}") { edges { node { id } } } } }`;
    const operator = await service.send('POST', '/api/query', { entity: 'event', filter: { conditions } });
    const operation = await service.send('POST', '/api/eventops', { type: word });
    const order = await service.send('POST', '/graphql', { query: sorted });
    const settings = `/api/addons/ftrack/${simulator.store.addonVersion}/settings?variant=${word}`;
    const variant = await service.send('GET', settings);

    expect([operator.status, operation.status, variant.status]).toEqual([400, 400, 404]);
    expect(order.body['errors']).toMatchObject([{ message: `Invalid sortBy value: ${word}` }]);
  });

  it('keeps data under any key', async () => {
    const path = `/api/projects/show/folders/${testId(1)}`;
    // Written as text: in a literal `__proto__` would be no key.
    const data: unknown = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
    await service.send('PATCH', path, { data });
    const { body } = await service.send('GET', path);

    expect(JSON.stringify(body['data'])).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it('counts characters of a comment, not halves of emoji', async () => {
    const path = `/api/projects/show/folders/${testId(1)}/activities`;
    const longest = await service.send('POST', path, { body: '😀'.repeat(2000) });
    const longer = await service.send('POST', path, { body: '😀'.repeat(2001) });

    expect([longest.status, longer.status]).toEqual([201, 400]);
  });

  it('takes snake_case in requests of every kind', async () => {
    const post = (path: string, body: unknown) => service.send('POST', path, body);
    const list = { entity_type: 'folder', entity_list_type: 'review-session', label: 'Dailies' };
    const type = '/api/projects/show/links/types/generative%7Cfolder%7Cfolder';
    await service.send('PUT', type, { data: {} });
    await service.operations('show', [createFolder(2, { name: 'sh020' })]);
    const link = { link_type: 'generative|folder|folder', input: testId(1), output: testId(2) };
    const answers = [
      await post('/api/projects/show/lists', list),
      await post('/api/projects/show/links', link),
      await post('/api/projects', { name: 'other', code: 'ot', anatomy_preset: 'no_such' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 404]);
    expect(answers[0]?.body).toMatchObject({ entityListType: 'review-session' });
  });

  it('leaves no half-made user behind when its key is refused', async () => {
    const data = { isService: true };
    const refused = await service.send('PUT', '/api/users/robot', { data, apiKey: 'short' });
    const again = await service.send('PUT', '/api/users/robot', { data, apiKey: 'k'.repeat(32) });

    expect([refused.status, again.status]).toEqual([500, 204]);
  });

  it('lets only managers force a deletion by REST, as in operations', async () => {
    await service.send('PUT', '/api/users/bob', {
      data: { accessGroups: { show: ['artist'] }, defaultAccessGroups: [] },
    });
    const data = { name: 'main', folderId: testId(1), productType: 'render' };
    await service.operations('show', [{ type: 'create', entityType: 'product', data }]);
    const path = `/api/projects/show/folders/${testId(1)}?force=true`;
    const artist = await new TestClient(simulator, { 'x-as-user': 'bob' }).send('DELETE', path);
    const manager = await service.send('DELETE', path);

    expect([artist.status, manager.status]).toEqual([409, 204]);
    expect((await service.operations('show', [updateFolder(1, { label: 'x' })])).body['success']).toBe(false);
  });

  it('reads no body that is not said to be JSON, and none of another shape', async () => {
    const path = '/api/projects/show/operations';
    const text = new TestClient(simulator, { 'content-type': 'text/plain' });
    const wrong = [
      [],
      { operations: {} },
      { operations: [{ type: 'create', entityType: 'folder', data: 'x' }] },
    ];
    const answers = await Promise.all([
      text.send('POST', path, { operations: [] }),
      ...wrong.map((body) => service.send('POST', path, body)),
      service.send('POST', '/api/events', { topic: 'a.topic', payload: ['x'] }),
      service.send('PATCH', '/api/projects/show/users/admin', { groups: [] }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
    expect(answers[0]?.body['errors']).toMatchObject([{ loc: ['body'], type: 'type_error.dict' }]);
  });

  it('refuses attributes of types that do not exist, and works with all that do', async () => {
    const define = (name: string, type: string) =>
      service.send('PUT', `/api/attributes/${name}`, { position: 1, scope: ['folder'], data: { type } });
    const wrong = await define('odd', 'colour');
    const good = await Promise.all([define('numbers', 'list_of_integers'), define('facts', 'dict')]);
    simulator.restart();
    const attrib = { numbers: [1, 2], facts: { a: 1 } };
    const { body } = await service.operations('show', [createFolder(9, { name: 'sh090', attrib })]);
    const query = `{ project(name: "show") { folder(id: "${testId(9)}") { allAttrib attrib { numbers } } } }`;
    const { project } = await service.query<{ project: { folder: unknown } }>(query);

    expect([wrong.status, ...good.map(({ status }) => status)]).toEqual([400, 204, 204]);
    expect(wrong.body['errors']).toMatchObject([{ loc: ['body', 'data', 'type'] }]);
    expect(body['success']).toBe(true);
    expect(project.folder).toMatchObject({
      attrib: { numbers: [1, 2] },
      allAttrib: expect.stringContaining('"facts":{"a":1}') as unknown,
    });
  });

  it('holds values of attributes to their bounds', async () => {
    const data = { type: 'string', maxLength: 3, regex: '^[a-z]+$' };
    await service.send('PUT', '/api/attributes/word', { position: 1, scope: ['folder'], data });
    simulator.restart();
    await service.operations('show', [createFolder(10, { name: 'sh100' })]);
    const set = async (attrib: unknown): Promise<unknown> => {
      const { body } = await service.send('PATCH', `/api/projects/show/folders/${testId(10)}`, { attrib });
      return (body['errors'] as { msg: string }[] | undefined)?.[0]?.msg;
    };

    expect(await set({ resolutionWidth: 50_000 })).toBe('ensure this value is less than 50000');
    expect(await set({ word: 'abcd' })).toBe('ensure this value has at most 3 characters');
    expect(await set({ word: 'AB' })).toBe('string does not match regex "^[a-z]+$"');
    expect(await set({ resolutionWidth: 49_999, word: 'abc' })).toBeUndefined();
  });
});
