import { createHash, randomBytes } from 'node:crypto';
import { Session } from '@ftrack/api';
import sharp from 'sharp';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { inPage } from '../../support/page-globals';

const serverLocation = '3a372bde-05bc-11e4-8908-20c9d081909b';

let simulator: FtrackSimulator;
let session: Session;

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  session = new Session(simulator.url, simulator.user, simulator.key, {
    autoConnectEventHub: false,
    ensureSerializableResponse: true,
    decodeDatesAsIso: true,
  });
  await session.initializing;
});

afterAll(() => simulator.close());

const picture = (options: { width: number; height: number; alpha?: boolean }): Promise<Buffer> => {
  const background = { r: 200, g: 40, b: 40, alpha: options.alpha === true ? 0.5 : 1 };
  const { width, height } = options;
  return sharp({ create: { width, height, channels: options.alpha === true ? 4 : 3, background } })
    .png()
    .toBuffer();
};

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

/** @returns id of a new component with this file */
async function upload(name: string, bytes: Buffer): Promise<string> {
  const [created] = await inPage({}, () => session.createComponent(new Blob([bytes as never]), { name }));
  return (created.data as unknown as { id: string }).id;
}

const urlOf = (id: string): string => String(session.getComponentUrl(id));

describe('files of components', () => {
  test('the JavaScript client uploads and downloads a file', async () => {
    const bytes = await picture({ width: 640, height: 400 });
    const [created, location, metadata] = await inPage({}, () =>
      session.createComponent(new Blob([bytes as never]), { name: 'Bild 1.png' }),
    );
    const component = created.data as unknown as { id: string; name: string; file_type: string };

    expect(component).toMatchObject({ name: 'Bild 1', file_type: '.png', size: bytes.length });
    expect(metadata).toMatchObject({
      component_id: component.id,
      headers: { 'Content-Type': 'image/png', 'Content-Length': String(bytes.length) },
    });
    expect(location.data).toMatchObject({ component_id: component.id, location_id: serverLocation });
    const answer = await fetch(urlOf(component.id));
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('etag')).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
    const head = await fetch(urlOf(component.id), { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
    const part = await fetch(urlOf(component.id), { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${bytes.length}`);
    expect((await bytesOf(part)).equals(bytes.subarray(10, 20))).toBe(true);
    expect((await fetch(urlOf(component.id), { headers: { range: 'bytes=999999-' } })).status).toBe(416);
  });

  test('the JavaScript client uploads a file in parts', async () => {
    const bytes = randomBytes(45_000);
    const [created] = await inPage({ chunkSize: 10_000 }, () =>
      session.createComponent(new Blob([bytes as never]), { name: 'plate.exr' }),
    );
    const { id } = created.data as unknown as { id: string };

    const answer = await fetch(urlOf(id));
    expect(answer.headers.get('etag')).toMatch(/^"[\da-f]{32}-5"$/);
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
    await session.delete('FileComponent', [id]);
  });

  test('a file goes with its component, and with what the component belongs to', async () => {
    const before = simulator.files.size;
    const id = await upload('a.txt', Buffer.from('text'));
    const bob = simulator.as('bob');
    const project = bob.create('Project', { name: 'files_go' });
    const asset = bob.create('Asset', { name: 'a', context_id: project });
    const version = bob.create('AssetVersion', { asset_id: asset });
    const below = await upload('b.txt', Buffer.from('more text'));
    await session.update('FileComponent', [below], { version_id: version } as never);
    expect(simulator.files.size).toBe(before + 13);

    await session.delete('FileComponent', [id]);
    bob.remove(project);

    expect(simulator.files.size).toBe(before);
    expect((await fetch(urlOf(below))).status).toBe(404);
  });

  test('credentials and visibility decide who gets a file', async () => {
    const id = await upload('secret.txt', Buffer.from('secret'));
    const project = simulator.as('bob').create('Project', { name: 'hidden_files' });
    const own = simulator.as('bob').create('Asset', { name: 'a', context_id: project });
    const version = simulator.as('bob').create('AssetVersion', { asset_id: own });
    await session.update('FileComponent', [id], { version_id: version } as never);
    const as = (user: string, key = simulator.keyOf(user)): Promise<Response> =>
      fetch(`${simulator.url}/component/get?id=${id}&username=${user}&apiKey=${key}`);
    expect((await as('bob')).status).toBe(200);
    expect((await as('bob', 'wrong')).status).toBe(403);
    expect((await fetch(`${simulator.url}/component/get?id=${id}`)).status).toBe(403);
    expect((await fetch(urlOf('no-such-id'))).status).toBe(404);
    simulator.as('bob').batch([
      {
        action: 'update',
        entity_type: 'FileComponent',
        entity_key: id,
        entity_data: { name: "it's \ud83d (Ä)" },
      },
    ]);
    expect((await as('bob')).headers.get('content-disposition')).toBe(
      "inline; filename*=UTF-8''it%27s%20%EF%BF%BD%20%28%C3%84%29.txt",
    );

    simulator.store.hideProject(project, ['bob']);

    expect((await as('bob')).status).toBe(404);
    expect((await as('aicha')).status).toBe(200);
    const ask = { action: 'get_upload_metadata', component_id: id, file_name: 'x', file_size: 1 };
    expect(() => simulator.as('bob').batch([ask])).toThrow('no permission');
    simulator.store.showProject(project);
    await session.delete('FileComponent', [id]);
  });

  test('the Python client removes a file and keeps the component', async () => {
    const id = await upload('gone.txt', Buffer.from('gone'));
    const query = `id=${id}&username=${simulator.user}&apiKey=${simulator.key}`;

    expect((await fetch(`${simulator.url}/component/remove?${query}`)).status).toBe(200);

    expect((await fetch(urlOf(id))).status).toBe(404);
    expect((await session.query(`FileComponent where id is "${id}"`)).data).toHaveLength(1);
    const unknown = query.replace(id, 'nothing');
    expect((await fetch(`${simulator.url}/component/remove?${unknown}`)).status).toBe(404);
  });
});

describe('thumbnails', () => {
  const fetched = async (url: string): Promise<{ type: string | null; size: [number, number] }> => {
    const answer = await fetch(url);
    const { width, height } = await sharp(await bytesOf(answer)).metadata();
    return { type: answer.headers.get('content-type'), size: [width, height] };
  };

  test('are real pictures, scaled to fit, never up', async () => {
    const id = await upload('wide.png', await picture({ width: 800, height: 400 }));
    const clear = await upload('clear.png', await picture({ width: 40, height: 40, alpha: true }));

    await expect(fetched(session.thumbnailUrl(id))).resolves.toEqual({
      type: 'image/jpeg',
      size: [300, 150],
    });
    await expect(fetched(session.thumbnailUrl(id, { size: 100 }))).resolves.toEqual({
      type: 'image/jpeg',
      size: [100, 50],
    });
    await expect(fetched(session.thumbnailUrl(clear))).resolves.toEqual({
      type: 'image/png',
      size: [40, 40],
    });
    await expect(fetched(session.thumbnailUrl(id).replace('size=300', 'size=big'))).resolves.toMatchObject({
      size: [300, 150],
    });
  });

  test('a placeholder stands for what is no picture', async () => {
    const id = await upload('notes.png', Buffer.from('no picture at all'));
    const placeholder = { type: 'image/png', size: [300, 200] };

    await expect(fetched(session.thumbnailUrl(id))).resolves.toEqual(placeholder);
    await expect(fetched(session.thumbnailUrl(''))).resolves.toEqual(placeholder);
    expect((await fetch(session.thumbnailUrl('no-such-id'))).status).toBe(404);
  });

  test('computed attributes hold addresses that need no key', async () => {
    const id = await upload('thumb.png', await picture({ width: 20, height: 10 }));
    const bob = simulator.as('bob');
    const [shot, other] = [
      bob.findByPath('nordlicht/sq010/sh010').id,
      bob.findByPath('nordlicht/sq010/sh020').id,
    ];
    await session.update('Shot', [shot], { thumbnail_id: id } as never);
    await session.create('ComponentLocation', {
      component_id: id,
      location_id: 'cb268ecc-8809-11e3-a7e2-20c9d081909b',
      resource_identifier: '/mnt/thumb.png',
    });
    const expression = `select thumbnail_url from Shot where id in ("${shot}", "${other}")`;
    const shots = (await session.query(expression)).data as unknown as {
      id: string;
      thumbnail_url: { value: string };
    }[];
    const url = String(shots.find((row) => row.id === shot)?.thumbnail_url.value);
    const places = (await session.query(
      `select url, location.name from ComponentLocation where component_id is "${id}"`,
    )) as unknown as { data: { url: { value: string } | null; location: { name: string } }[] };

    expect(url).not.toContain(simulator.key);
    await expect(fetched(url)).resolves.toEqual({ type: 'image/jpeg', size: [20, 10] });
    await expect(fetched(`${url}&size=10`)).resolves.toEqual({ type: 'image/jpeg', size: [10, 5] });
    expect((await fetch(url.replace(id, other))).status).toBe(403);
    expect(shots.find((row) => row.id === other)?.thumbnail_url.value).toBe(
      `${simulator.url}/img/thumbnail2.png`,
    );
    const byName = new Map(places.data.map((place) => [place.location.name, place.url]));
    expect(byName.get('ftrack.unmanaged')).toBeNull();
    expect((await fetch(String(byName.get('ftrack.server')?.value))).headers.get('content-type')).toBe(
      'image/png',
    );
  });
});
