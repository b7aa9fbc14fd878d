import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { until } from '../../support/until';

type Entity = Record<string, unknown>;

/** An entity of an `ftrack.update` event. */
interface Told {
  entityId: string;
  changes: Record<string, { old: unknown; new: unknown }>;
}

interface Job {
  id: string;
  status: string;
  type: string;
  data: {
    output: { format: string; component_id: string }[];
    source_component_id: string;
    keep_original: boolean;
    description?: string;
  };
  finished_at: unknown;
}

/** Six frames of 32 × 16 pixels at 12 frames a second, made by ffmpeg with its MPEG-4 encoder. */
const video = gunzipSync(
  Buffer.from(
    'H4sICILWAWsCA3QubXA0AH1TvUoDQRCeS2IUUYgYxCLICZYqURQrxUpSCOJvZXNmN+bIbe643RxoYyrRwgexE0RfwID4CJJCwUIfwFqd2VzI' +
      'JkaXnft2Zme/2ZnZA4BcSZ0ErvQFQAIIURZFsLQAAEOlkHPEDcEcBWDdQmYQ4T7z+DbfHE8Xmv4Lqdtv72eEOw8t3I31vVjf13pyRfh+hGye' +
      'iMoMukbyA/0+wQKanWF1e/Xq6/DvSOA8V6FTwfWhquiYyd9sGBf+j9M3ro2S0eoMZ0oi5rgnVedEzKvPWl+CuQ6dEqw39zzKJOw3tDJXZl7Y' +
      '3olcxk3PA9T9glNlHicf61q41RIuspHQpOY1Z1hrL8dCXjLSGKmFnh1f0JXqyMP1s1SSGT5P2P7oj1JQ4hkoIBbaHsObTlS0RcCPl/o3YvL7' +
      'G79bXDKpm12v19eQOIWYt8e0aRRrmnwdQMsUMt7Q7e4ux1vhLRsaVxfArVQiW0yji5Wg2geODOILkmSPVNiqfkxGgaXSnWknkgZI0TqLCZt2' +
      'khzaij22dIyzuHdqJET2Cfo/+ghyF32DZxZltcYUdX9ZcI00ps1O4+sInSDwzKoNuficfgBYAbDBoQMAAA==',
    'base64',
  ),
);

let simulator: FtrackSimulator;
let bob: Hand;

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

const call = <Answer = Entity>(operation: Entity): Answer => bob.batch([operation])[0] as Answer;

describe('encode_media', () => {
  let version: string;

  beforeAll(() => {
    const asset = bob.create('Asset', {
      name: 'media',
      context_id: bob.findByPath('nordlicht/sq010/sh010').id,
    });
    version = bob.create('AssetVersion', { asset_id: asset });
  });

  function source(name: string, file: { type: string; bytes: Buffer }): string {
    const id = bob.create('FileComponent', { name, file_type: file.type, size: file.bytes.length });
    simulator.files.put(id, file.bytes, 'application/octet-stream');
    return id;
  }

  const encode = (componentId: string, more: Entity = {}): string =>
    call<{ job_id: string }>({
      action: 'encode_media',
      component_id: componentId,
      keep_original: true,
      ...more,
    }).job_id;

  function job(id: string): Job {
    const [found] = bob.query(`select status, type, data, finished_at from Job where id is "${id}"`);
    return { ...(found as unknown as Job), data: JSON.parse(found?.['data'] as string) as Job['data'] };
  }

  const finished = async (id: string): Promise<Job> => {
    await simulator.jobs.idle();
    return job(id);
  };

  const componentsOf = (jobId: string): Entity[] =>
    bob
      .query(
        'select component.name, component.file_type, component.size, component.version_id, component.metadata, ' +
          `component.component_locations.location.name from JobComponent where job_id is "${jobId}"`,
      )
      .map((row) => row['component'] as Entity);

  test('makes components for players and a thumbnail of a picture, step by step', async () => {
    const png = await sharp({ create: { width: 900, height: 450, channels: 3, background: '#27c' } })
      .png()
      .toBuffer();
    const id = source('still', { type: '.png', bytes: png });
    const told: Told[] = [];
    const stop = simulator.hub.onEvent((event) =>
      told.push(...(event['data'] as { entities: Told[] }).entities),
    );
    simulator.jobs.pause();
    const jobId = encode(id, { version_id: version });
    const queued = job(jobId);

    expect(queued).toMatchObject({
      status: 'queued',
      finished_at: null,
      data: { source_component_id: id, keep_original: true, output: [{ format: 'image/jpeg' }, {}] },
    });
    expect(componentsOf(jobId)).toEqual([]);
    await fetch(`${simulator.url}/img/thumbnail2.png`);
    expect(job(jobId)).toEqual(queued);
    simulator.jobs.resume();
    const states = new Set<string>();
    await until(() => states.add(job(jobId).status).has('done'));
    const done = job(jobId);
    stop();

    expect([...states]).toEqual(['queued', 'running', 'done']);
    expect(done).toEqual({ ...queued, status: 'done', finished_at: expect.anything() });
    const [review, thumbnail] = done.data.output.map((output) => output.component_id);
    expect(new Set(componentsOf(jobId).map((component) => component['id']))).toEqual(
      new Set([review, thumbnail]),
    );
    const byId = new Map(componentsOf(jobId).map((component) => [component['id'], component]));
    const meta = [
      { key: 'source_component_id', value: id },
      { key: 'ftr_meta', value: '{"format":"image","width":900,"height":450}' },
    ];
    const places = [{ location: { name: 'ftrack.server' } }];
    expect(byId.get(review)).toMatchObject({
      name: 'ftrackreview-image',
      file_type: '.jpg',
      version_id: version,
      metadata: meta,
      component_locations: places,
    });
    expect(byId.get(thumbnail)).toMatchObject({
      name: 'thumbnail',
      metadata: [],
      component_locations: places,
    });
    const file = simulator.files.get(String(thumbnail));
    await expect(sharp(file?.bytes).metadata()).resolves.toMatchObject({
      format: 'jpeg',
      width: 600,
      height: 300,
    });
    expect(byId.get(thumbnail)?.['size']).toBe(file?.bytes.length);
    expect(bob.query(`AssetVersion where thumbnail_id is "${thumbnail}"`)).toMatchObject([{ id: version }]);
    expect(told).toContainEqual(
      expect.objectContaining({
        entityId: version,
        changes: { thumbid: { old: null, new: thumbnail } },
      }),
    );
    const steps = told.filter((entity) => entity.entityId === jobId);
    expect(steps.map(({ changes }) => changes['status']?.new)).toEqual(['queued', 'running', 'done']);
  });

  test('keeps the bytes of a video, says what players need, and drops the original if asked', async () => {
    const id = source('take', { type: '.mp4', bytes: video });
    const done = await finished(encode(id, { version_id: version, keep_original: false }));

    expect(done).toMatchObject({ status: 'done', data: { output: [{ format: 'video/mp4' }] } });
    const [component] = componentsOf(done.id);
    expect(component).toMatchObject({ name: 'ftrackreview-mp4', file_type: '.mp4', version_id: version });
    expect(component?.['metadata']).toContainEqual(
      expect.objectContaining({
        key: 'ftr_meta',
        value: '{"frameIn":0,"frameOut":5,"frameRate":12,"width":32,"height":16}',
      }),
    );
    expect(simulator.files.get(String(component?.['id']))?.bytes.equals(video)).toBe(true);
    expect(bob.query(`FileComponent where id is "${id}"`)).toEqual([]);
    expect(simulator.files.get(id)).toBeUndefined();
  });

  test('takes over what the source says about a video that it cannot read', async () => {
    const id = source('clip', { type: '.webm', bytes: Buffer.from('webm') });
    const value = '{"frameIn":1,"frameOut":2,"frameRate":25}';
    bob.create('Metadata', { parent_id: id, parent_type: 'FileComponent', key: 'ftr_meta', value });
    const done = await finished(encode(id));

    const [component] = componentsOf(done.id);
    expect(component).toMatchObject({ name: 'ftrackreview-webm', version_id: null });
    expect(component?.['metadata']).toContainEqual(expect.objectContaining({ key: 'ftr_meta', value }));
  });

  test('fails in words that can be read', async () => {
    const text = encode(source('notes', { type: '.txt', bytes: Buffer.from('notes') }));
    const broken = encode(source('broken', { type: '.png', bytes: Buffer.from('no picture') }));
    const absent = encode(bob.create('FileComponent', { name: 'absent', file_type: '.png' }));
    const orphan = encode(source('late', { type: '.mp4', bytes: video }), { version_id: version });
    bob.batch([{ action: 'delete', entity_type: 'AssetVersion', entity_key: [version] }]);
    const held = simulator.files.size;

    await expect(finished(text)).resolves.toMatchObject({
      status: 'failed',
      finished_at: expect.anything(),
      data: { output: [], description: expect.stringContaining('neither a picture nor a video') },
    });
    expect(job(broken).data.description).toBe('broken.png cannot be read as a picture.');
    expect(job(absent).data.description).toContain('upload it first');
    expect(job(orphan)).toMatchObject({
      status: 'failed',
      data: { description: expect.stringContaining('AssetVersion') },
    });
    expect(componentsOf(orphan)).toEqual([]);
    expect(simulator.files.size).toBe(held);
  });

  test('refuses unknown ids, and leaves no job of a refused batch', () => {
    const id = source('x', { type: '.mp4', bytes: video });
    const jobs = bob.query('select id from Job').length;

    expect(() => encode('nothing')).toThrow('There is no FileComponent nothing');
    expect(() => encode(id, { version_id: 'nothing' })).toThrow('There is no AssetVersion nothing');
    const failing = [
      { action: 'encode_media', component_id: id },
      { action: 'delete', entity_type: 'Nothing' },
    ];
    expect(() => bob.batch(failing)).toThrow('Nothing');
    expect(bob.query('select id from Job')).toHaveLength(jobs);
  });
});

describe('delayed_job', () => {
  test('is a job that ends', async () => {
    const answer = call<{ data: { id: string } }>({ action: 'delayed_job', job_type: 'SYNC_USERS_LDAP' });
    const state = (): unknown => bob.query(`select status, type from Job where id is "${answer.data.id}"`)[0];
    expect(state()).toMatchObject({ status: 'queued', type: 'SYNC_USERS_LDAP' });

    await simulator.jobs.idle();

    expect(state()).toMatchObject({ status: 'done' });
    expect(() => call({ action: 'delayed_job', job_type: 'MAKE_COFFEE' })).toThrow('MAKE_COFFEE');
  });
});
