import type { AyonSimulator } from '../../../simulators/ayon';
import { ayonId, ayonProjectName, startAyonSimulator } from '../../../simulators/ayon';
import { generateStudio, sampleStudio } from '../../../simulators/studio';
import { TestClient } from './client';

const studio = sampleStudio();
const [project] = studio.projects;

function entity(name: string): { id: string; name: string; parent: string | null } {
  const found = project?.entities.find((candidate) => candidate.name === name);
  if (!found) {
    throw new Error(`The sample studio has no ${name}.`);
  }
  return found;
}

interface Found {
  project: { folders: { edges: { node: { id: string } }[] } };
}

describe('AYON simulator', () => {
  let simulator: AyonSimulator;

  afterEach(async () => {
    await simulator.close();
  });

  it('mirrors a studio as a synced pair looks', async () => {
    simulator = await startAyonSimulator({ studio });
    const client = new TestClient(simulator);
    const name = ayonProjectName(project ?? { fullName: '' });
    const ahab = entity('Kapitän Ahab');

    const read = await client.send('GET', `/api/projects/${name}/folders/${ayonId(ahab.id)}`);
    const pair = await client.send('GET', `/api/projects/${name}`);

    expect(pair.body).toMatchObject({
      name,
      code: 'weisser_wal',
      attrib: { ftrackId: project?.id, fps: 24 },
    });
    expect(read.body).toMatchObject({
      name: 'Kapit_n_Ahab',
      label: 'Kapitän Ahab',
      folderType: 'Asset Build',
      path: '/assets/characters/Kapit_n_Ahab',
      attrib: { ftrackId: ahab.id, ftrackPath: 'assets/characters/Kapitän Ahab', fps: 24 },
      ownAttrib: ['ftrackId', 'ftrackPath'],
    });
    expect(simulator.store.project(name).entities.count('task')).toBeGreaterThan(10);
    expect([...simulator.store.events.ascending()]).toEqual([]);
  });

  it('replaces the anatomy of a project and puts an id on every answer', async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    const client = new TestClient(simulator);

    const folder_types = [{ name: 'Shot', original_name: 'Shot' }];
    await client.send('POST', '/api/projects/show/anatomy', { folder_types, attributes: { fps: 30 } });
    const info = await fetch(`${simulator.url}/api/info`);

    const { body } = await client.send('GET', '/api/projects/show');
    expect(body).toMatchObject({ folderTypes: [{ name: 'Shot' }], attrib: { fps: 30 } });
    expect(info.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('makes only projects and users of a studio that was not synced yet', async () => {
    simulator = await startAyonSimulator({ studio, paired: false });
    const client = new TestClient(simulator);
    const name = ayonProjectName(project ?? { fullName: '' });

    const data = await client.query(
      'query($p:String!){project(name:$p){folders{edges{node{id}}}} users(emails:["BOB@studio.example"]){edges{node{name}}}}',
      { p: name },
    );

    expect(data).toEqual({
      project: { folders: { edges: [] } },
      users: { edges: [{ node: { name: 'bob' } }] },
    });
  });

  it('lacks the ftrack attributes before the addon made them', async () => {
    simulator = await startAyonSimulator({ studio, attributes: 'without-ftrack' });
    const client = new TestClient(simulator);

    const { body } = await client.send('GET', '/api/attributes');
    const refused = client.query('{project(name:"x"){folders{edges{node{attrib{ftrackId}}}}}}');

    expect(JSON.stringify(body)).not.toContain('ftrackId');
    await expect(refused).rejects.toThrow("Cannot query field 'ftrackId'");
  });

  it('is gone while it refuses and comes back on the same port with its data', async () => {
    simulator = await startAyonSimulator({ studio });
    const client = new TestClient(simulator);
    await client.send('GET', '/api/projects');

    await simulator.refuse();
    await expect(client.send('GET', '/api/projects')).rejects.toThrow('fetch failed');
    await simulator.listen();

    expect((await client.send('GET', '/api/projects')).body['count']).toBe(2);
  });

  it('answers a scripted fault once and logs it', async () => {
    simulator = await startAyonSimulator();
    const client = new TestClient(simulator);
    simulator.faults.add({ match: { path: /operations$/ }, effect: { status: 503 } });
    simulator.store.addProject({ name: 'show', code: 'shw' });

    const statuses = [
      (await client.operations('show', [])).status,
      (await client.operations('show', [])).status,
    ];

    expect(statuses).toEqual([503, 200]);
    expect(simulator.calls.list().map(({ status }) => status)).toEqual([503, 200]);
  });

  it('is steered over HTTP when it runs in another process', async () => {
    simulator = await startAyonSimulator();
    const client = new TestClient(simulator);
    const fault = { match: { path: '^/api/projects$' }, effect: { status: 429, body: { slow: 'down' } } };

    await client.send('POST', '/_simulator/faults', fault);
    const slowed = await client.send('GET', '/api/projects');
    const calls = await client.send('GET', '/_simulator/calls');

    expect(slowed).toEqual({ status: 429, body: { slow: 'down' } });
    expect(calls.body).toMatchObject([{ method: 'GET', path: '/api/projects', status: 429 }]);
  });

  it('serves the addon settings that a test sets, and secrets by name', async () => {
    simulator = await startAyonSimulator();
    simulator.store.setAddonSettings({ ftrack_server: 'https://studio.example' });
    simulator.store.secrets.set('ftrack_key', 'not-a-real-key');
    const client = new TestClient(simulator);

    const settings = await client.send('GET', '/api/addons/ftrack/1.6.4+dev/settings?variant=staging');
    const all = await client.send('GET', '/api/settings?variant=production');
    const secret = await client.send('GET', '/api/secrets/ftrack_key');

    expect(settings.body).toMatchObject({ enabled: true, ftrack_server: 'https://studio.example' });
    expect(all.body).toMatchObject({
      addons: [{}, { settings: { ftrack_server: 'https://studio.example' } }],
    });
    expect(secret.body).toEqual({ name: 'ftrack_key', value: 'not-a-real-key' });
  });

  it('finds entities by id, attribute and place without looking at all of a large project', async () => {
    simulator = await startAyonSimulator({
      studio: generateStudio({ projects: 1, entitiesPerProject: 20_000, seed: 1 }),
    });
    const client = new TestClient(simulator);
    const [record] = [...simulator.store.projects.values()];
    const id = record?.entities.orderedIds('folder').at(-1) ?? '';
    const last = record?.entities.get('folder', id);
    const variables = {
      p: record?.name,
      id,
      ftrackId: last?.attrib['ftrackId'],
      parent: last?.parentId,
      name: last?.name,
    };
    const filters = [
      'ids: [$id]',
      'attributes: [{name: "ftrackId", values: [$ftrackId]}]',
      'parentIds: [$parent], names: [$name]',
    ];

    for (const filter of filters) {
      const query = `query($p: String!, $id: String!, $ftrackId: String!, $parent: String!, $name: String!) {
        project(name: $p) { byId: folder(id: $id) { id } parent: folder(id: $parent) { name }
          list: folders(attributes: [{name: "ftrackId", values: [$ftrackId]}], names: [$name]) { edges { node { id } } }
          folders(${filter}) { edges { node { id path attrib { fps } } } } } }`;
      // The fastest of some tries: the machine that runs the tests may be busy.
      let fastest = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < 15; attempt += 1) {
        const started = performance.now();
        const data = await client.query<Found>(query, variables);
        fastest = Math.min(fastest, performance.now() - started);
        expect(data.project.folders.edges.map(({ node }) => node.id)).toEqual([id]);
      }

      expect(fastest).toBeLessThan(20);
    }
  });
});
