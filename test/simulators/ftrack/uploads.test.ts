import { createHash } from 'node:crypto';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

const fileLimit = 300_000;

interface SingleUpload {
  url: string;
  headers: Record<string, string>;
  component_id: string;
}

interface PartUpload {
  urls: { part_number: number; signed_url: string }[];
  upload_id: string;
}

let simulator: FtrackSimulator;
let bob: Hand;
let clock = 0;

beforeAll(async () => {
  simulator = await startFtrackSimulator({ fileLimit, now: () => Date.now() + clock });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

const md5 = (bytes: Uint8Array, form: 'hex' | 'base64' = 'hex'): string =>
  createHash('md5').update(bytes).digest(form);

const call = <Answer>(operation: Record<string, unknown>): Answer => bob.batch([operation])[0] as Answer;

const put = (url: string, body: Buffer | string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'PUT', body: new Blob([body as never]), headers });

const download = (id: string): Promise<Response> =>
  fetch(`${simulator.url}/component/get?id=${id}&username=bob&apiKey=${simulator.keyOf('bob')}`);

describe('signed addresses', () => {
  const ask = (more: Record<string, unknown>): SingleUpload =>
    call({
      action: 'get_upload_metadata',
      component_id: crypto.randomUUID(),
      file_name: 'x.json',
      file_size: 2,
      ...more,
    });

  test('take the bytes that were announced before the component exists, and tell their MD5', async () => {
    const bytes = Buffer.from('{}');
    const upload = ask({ checksum: md5(bytes, 'base64') });
    expect(upload.headers).toEqual({
      'Content-Type': 'application/json',
      'Content-Length': '2',
      'Content-MD5': md5(bytes, 'base64'),
    });

    expect((await put(upload.url, '[]')).status).toBe(400);
    expect((await put(upload.url, '{ }')).status).toBe(400);
    expect((await put(ask({}).url, '{}', { 'content-md5': md5(Buffer.from('x'), 'base64') })).status).toBe(
      400,
    );
    const answer = await put(upload.url, bytes, upload.headers);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe(`"${md5(bytes)}"`);
    expect(answer.headers.get('access-control-expose-headers')).toBe('ETag');
    expect((await fetch(upload.url, { method: 'OPTIONS' })).headers.get('access-control-allow-methods')).toBe(
      'PUT',
    );
    expect((await download(upload.component_id)).status).toBe(404);
    bob.create('FileComponent', { id: upload.component_id, name: 'x', file_type: '.json' });
    await expect((await download(upload.component_id)).json()).resolves.toEqual({});
  });

  test('are refused once changed or expired, and what was never used is forgotten', async () => {
    const { url } = ask({});
    expect((await put(url.replace(/id=[^&]+/, 'id=another'), '{}')).status).toBe(403);
    expect((await put(url.replace(/expires=\d+/, 'expires=99999999999999'), '{}')).status).toBe(403);
    expect((await put(url.replace(/signature=[^&]+/, 'signature=0'), '{}')).status).toBe(403);
    expect((await put(url, '{}')).status).toBe(200);
    const held = simulator.files.size;

    clock += 7 * 3_600_000;

    expect((await put(url, '{}')).status).toBe(403);
    ask({});
    expect(simulator.files.size).toBe(held - 2);
    clock = 0;
  });

  test('ask for what they need in clear words', async () => {
    expect(() => ask({ file_size: null })).toThrow('needs "file_name" and "file_size"');
    expect(() => ask({ file_name: null })).toThrow('needs "file_name" and "file_size"');
    expect(() => ask({ checksum: 'abc' })).toThrow('MD5');
    expect(() => ask({ parts: 0 })).toThrow('from 1 to 10000');
    expect(() => ask({ parts: 10_001 })).toThrow('from 1 to 10000');
    expect(() => ask({ component_id: 7 })).toThrow('"component_id"');
    expect(() => ask({ file_size: fileLimit + 1 })).toThrow(`at most ${fileLimit} bytes`);
  });

  test('the storage is bounded, and says so', async () => {
    const large = Buffer.alloc(fileLimit - simulator.files.size - 100);
    const first = ask({ file_size: large.length });
    expect((await put(first.url, large)).status).toBe(200);
    const second = ask({ file_size: 200 });

    const answer = await put(second.url, Buffer.alloc(200));

    expect(answer.status).toBe(507);
    await expect(answer.json()).resolves.toEqual({ message: expect.stringContaining('Delete components') });
    expect((await put(first.url, large)).status).toBe(200);
    expect((await put(first.url, Buffer.alloc(fileLimit + 1))).status).toBe(413);
    clock += 7 * 3_600_000;
    ask({});
    clock = 0;
  });
});

describe('uploads in parts', () => {
  const start = async (
    id: string,
    contents: readonly string[],
  ): Promise<[PartUpload, Map<number, string>]> => {
    const metadata = call<PartUpload>({
      action: 'get_upload_metadata',
      component_id: id,
      file_name: 'a.bin',
      file_size: contents.join('').length,
      parts: contents.length,
    });
    const tags = new Map<number, string>();
    for (const { part_number: number, signed_url: url } of metadata.urls) {
      const answer = await put(url, contents[number - 1] ?? '');
      tags.set(number, String(answer.headers.get('etag')));
    }
    return [metadata, tags];
  };
  const complete = (
    id: string,
    uploadId: string,
    tags: ReadonlyMap<number, string>,
  ): Record<string, unknown> => ({
    action: 'complete_multipart_upload',
    component_id: id,
    upload_id: uploadId,
    parts: [...tags].map(([part_number, e_tag]) => ({ part_number, e_tag })),
  });

  test('are joined only as a whole, with the tags of their parts, in a batch that succeeds', async () => {
    const id = crypto.randomUUID();
    bob.create('FileComponent', { id, name: 'a', file_type: '.bin' });
    const [{ upload_id: uploadId }, tags] = await start(id, ['one', 'two', 'three']);

    expect(() => call(complete(id, uploadId, new Map([...tags, [2, 'wrong']])))).toThrow('Part 2');
    expect(() => call(complete(id, uploadId, new Map([...tags].slice(0, 2))))).toThrow('Part 3');
    expect(() => call(complete(id, uploadId, new Map([...tags, [4, 'more']])))).toThrow('3 parts, not 4');
    expect(() => call(complete(id, uploadId, new Map()))).toThrow('"parts"');
    expect(() => call(complete('other', uploadId, tags))).toThrow('no open upload');
    const failing = [
      complete(id, uploadId, tags),
      { action: 'create', entity_type: 'Nothing', entity_data: {} },
    ];
    expect(() => bob.batch(failing)).toThrow('Nothing');
    expect((await download(id)).status).toBe(404);

    const answer = call<{ url: string }>(complete(id, uploadId, tags));

    expect(answer).toMatchObject({ action: 'complete_multipart_upload', component_id: id });
    await expect((await fetch(answer.url)).text()).resolves.toBe('onetwothree');
    expect(() => call(complete(id, uploadId, tags))).toThrow('no open upload');
  });

  test('a part can be sent again, but not after the end', async () => {
    const id = crypto.randomUUID();
    bob.create('FileComponent', { id, name: 'b', file_type: '.bin' });
    const [metadata, tags] = await start(id, ['one', 'two', 'thre_']);
    const last = String(metadata.urls[2]?.signed_url);
    tags.set(3, String((await put(last, 'three')).headers.get('etag')));

    call(complete(id, metadata.upload_id, tags));

    await expect((await download(id)).text()).resolves.toBe('onetwothree');
    expect((await put(last, 'late')).status).toBe(404);
  });
});
