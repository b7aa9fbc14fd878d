import { operation, SERVER_LOCATION_ID } from '@ftrack/api';
import sharp from 'sharp';
import { until } from '../../support/until';
import { asInBrowser } from './browser-upload';
import type { Day, Entity } from './javascript-day';
import { sorted, startDay } from './javascript-day';

interface Upload {
  readonly url: string;
  readonly headers: Record<string, string>;
}

let day: Day;
let shot: string;
let asset: string;
let version: string;

beforeAll(async () => {
  day = await startDay({ autoConnectEventHub: true });
  shot = await day.idOf('Shot', 'sh010');
});

afterAll(() => {
  day.ada.eventHub.disconnect();
  return day.close();
});

const call = async <Answer>(operations: readonly Record<string, unknown>[]): Promise<Answer> =>
  (await day.ada.call(operations as never)) as unknown as Answer;

const download = async (componentId: string): Promise<Buffer> => {
  const answer = await fetch(day.ada.getComponentUrl(componentId) ?? '');
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
};

/** The documented steps, without the browser's part. */
async function upload(bytes: Buffer, component: Record<string, unknown>): Promise<string> {
  const id = crypto.randomUUID();
  const data = { file_type: '.bin', size: bytes.length, version_id: version, ...component, id };
  const [, signed] = await call<[unknown, Upload]>([
    { ...operation.create('FileComponent', data) },
    {
      action: 'get_upload_metadata',
      component_id: id,
      file_name: `${String(data.file_type)}`,
      file_size: bytes.length,
    },
  ]);
  const answer = await fetch(signed.url, {
    method: 'PUT',
    headers: signed.headers,
    body: new Uint8Array(bytes),
  });
  expect(answer.status).toBe(200);
  const place = { component_id: id, resource_identifier: id, location_id: SERVER_LOCATION_ID };
  await day.ada.create('ComponentLocation', place);
  return id;
}

/** Waits as long as a busy machine may need. */
const soon = (condition: () => boolean | Promise<boolean>, what: string): Promise<void> =>
  until(condition, { what, ms: 20_000 });

const picture = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#e67e22' } })
    .png()
    .toBuffer();

describe('publishing with the official JavaScript client', () => {
  test('numbers versions, and uploads and downloads a component by the documented steps', async () => {
    const type = await day.idOf('AssetType', 'Animation');
    asset = await day.make('Asset', { name: 'animation', context_id: shot, type_id: type });
    const task = await day.idOf('Task', 'animation');
    const made = await day.batch(
      ['Erster Wurf', ''].map((comment) =>
        operation.create('AssetVersion', { asset_id: asset, task_id: task, comment }),
      ),
    );
    expect(made.map((one) => one['version'])).toEqual([1, 2]);
    version = made[1]?.id ?? '';
    expect(
      await day.one(
        `select latest_version.version, versions.is_latest_version, parent.name from Asset where id is ${asset}`,
      ),
    ).toMatchObject({ latest_version: { version: 2 }, parent: { name: 'sh010' } });
    const bytes = Buffer.from('solid cube\n'.repeat(1000));
    const component = await upload(bytes, { name: 'main', file_type: '.stl' });
    expect((await download(component)).equals(bytes)).toBe(true);
    expect(
      await day.one(
        `select components.name, components.component_locations.location.name, components.size from AssetVersion where id is ${version}`,
      ),
    ).toMatchObject({
      components: [
        { name: 'main', size: bytes.length, component_locations: [{ location: { name: 'ftrack.server' } }] },
      ],
    });
    await day.ada.delete('FileComponent', [component]);
    expect((await fetch(day.ada.getComponentUrl(component) ?? '')).ok).toBe(false);
  });

  test("uploads whole and in parts with the client's own uploader, which announces what it added", async () => {
    const added: unknown[] = [];
    const { hub } = day.simulator;
    await soon(() => hub.connections()[0]?.subscribers.length === 1, 'the connection');
    day.ada.eventHub.subscribe(
      'topic=ftrack.location.component-added',
      (event) => void added.push(event.data),
    );
    await soon(() => hub.connections()[0]?.subscribers.length === 2, 'the subscription');
    const progress: number[] = [];
    const results = await asInBrowser(4000, async () => {
      const answers = [];
      for (const size of [7000, 21_000]) {
        const file = new File([Buffer.alloc(size, `part of ${size} `)], `cache${size}.abc`);
        const data = { version_id: version };
        answers.push(
          await day.ada.createComponent(file, { data, onProgress: (percent) => void progress.push(percent) }),
        );
      }
      return answers;
    });
    for (const [index, size] of [7000, 21_000].entries()) {
      const [component, location] = results[index] ?? [];
      const id = String((component?.data as Entity | undefined)?.id);
      expect(component?.data).toMatchObject({ name: `cache${size}`, file_type: '.abc', size });
      // Only what is set comes unasked.
      expect(component?.data).toHaveProperty('version_id', version);
      expect(component?.data).not.toHaveProperty('container_id');
      expect(location).toMatchObject({ data: { location_id: SERVER_LOCATION_ID } });
      expect((await download(id)).equals(Buffer.alloc(size, `part of ${size} `))).toBe(true);
      await soon(() => added.length > index, 'the event of the component');
      expect(added[index]).toEqual({ component_id: id, location_id: SERVER_LOCATION_ID });
    }
    expect(progress.at(-1)).toBeLessThanOrEqual(100);
    expect(progress.length).toBeGreaterThan(3);
  });

  test('shows thumbnails in the wanted size, and a placeholder without one', async () => {
    const id = await upload(await picture(640, 360), {
      name: 'thumbnail',
      file_type: '.png',
      version_id: null,
    });
    await day.ada.update('AssetVersion', [version], { thumbnail_id: id });
    const small = await fetch(day.ada.thumbnailUrl(id, { size: 100 }));
    const { width, height } = await sharp(Buffer.from(await small.arrayBuffer())).metadata();
    expect(Math.max(width, height)).toBe(100);
    expect((await fetch(day.ada.thumbnailUrl(''))).headers.get('content-type')).toMatch(/^image\//);
    const read = await day.one(`select thumbnail_url from AssetVersion where id is ${version}`);
    const { value } = read['thumbnail_url'] as { value: string };
    expect((await fetch(value)).headers.get('content-type')).toMatch(/^image\//);
  });

  test('encodes media in a job with components for review', async () => {
    const source = await upload(await picture(800, 450), { name: 'still', file_type: '.png' });
    const [{ job_id: job }] = await call<[{ job_id: string }]>([
      { action: 'encode_media', component_id: source, version_id: version, keep_original: true },
    ]);
    const find = (): Promise<Entity> =>
      day.one(`select status, data, job_components.component.name from Job where id is ${job}`);
    await soon(async () => (await find())['status'] === 'done', 'the end of the encoding');
    const done = await find();
    const data = JSON.parse(String(done['data'])) as { output: { format: string; component_id: string }[] };
    const image = data.output.find(({ format }) => format === 'image/jpeg');
    expect((await download(image?.component_id ?? '')).subarray(0, 3)).toEqual(
      Buffer.from([0xff, 0xd8, 0xff]),
    );
    const read = await day.one(`select components.name from AssetVersion where id is ${version}`);
    expect(sorted((read['components'] as Entity[]).map(({ name }) => name))).toEqual(
      expect.arrayContaining(['ftrackreview-image', 'still']),
    );
  });

  test('attaches a file to a note', async () => {
    const component = await upload(Buffer.from('a frame'), {
      name: 'frame',
      file_type: '.txt',
      version_id: null,
    });
    const { id: user } = await day.one('User where username is "ada"');
    const note = await day.make('Note', {
      content: 'Siehe Bild',
      parent_id: version,
      parent_type: 'AssetVersion',
      user_id: user,
    });
    await day.ada.create('NoteComponent', { note_id: note, component_id: component });
    const read = await day.one(
      `select note_components.component.name, note_components.url from Note where id is ${note}`,
    );
    const [attached] = read['note_components'] as { url: { value: string } }[];
    expect(await (await fetch(attached?.url.value ?? '')).text()).toBe('a frame');
    expect(await day.find(`select id from AssetVersion where notes any (id is ${note})`)).toMatchObject([
      { id: version },
    ]);
  });
});
