import sharp from 'sharp';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId } from './client';

const create = (entityType: string, number: number, data: Record<string, unknown>) => ({
  type: 'create',
  entityType,
  entityId: testId(number),
  data,
});

describe('uploads to the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;
  let picture: Buffer;

  beforeAll(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    simulator.store.addUser({ name: 'anna' });
    client = new TestClient(simulator);
    picture = await sharp({ create: { width: 1280, height: 720, channels: 3, background: '#204080' } })
      .png()
      .toBuffer();
    await client.operations('show', [
      createFolder(1, { name: 'sh010' }),
      create('task', 2, { name: 'comp', taskType: 'Compositing', folderId: testId(1) }),
      create('product', 3, { name: 'renderMain', productType: 'render', folderId: testId(1) }),
      create('version', 4, { version: 1, productId: testId(3), taskId: testId(2) }),
    ]);
  });

  afterAll(async () => {
    await simulator.close();
  });

  async function upload(path: string, body: Buffer, headers: Record<string, string>) {
    const answer = await fetch(`${simulator.url}/api/projects/show/${path}`, {
      method: 'POST',
      headers: { 'x-api-key': simulator.apiKey, ...headers },
      body: new Uint8Array(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async function download(path: string) {
    const headers = { 'x-api-key': simulator.apiKey };
    const answer = await fetch(`${simulator.url}/api/projects/show/${path}`, { headers });
    return { answer, bytes: Buffer.from(await answer.arrayBuffer()) };
  }

  it('scales thumbnails to 500 pixels, keeps the original, and shows one pixel where there is none', async () => {
    const folder = `folders/${testId(1)}/thumbnail`;
    const missing = await download(folder);
    const none = await download(`${folder}?placeholder=none`);
    const made = await upload(folder, picture, { 'content-type': 'image/png' });
    const broken = await upload(folder, Buffer.from('no picture'), { 'content-type': 'image/png' });
    const scaled = await download(folder);
    const original = await download(`${folder}?original=true`);

    expect([
      missing.answer.status,
      missing.bytes.length,
      missing.answer.headers.get('x-thumbnail-id'),
    ]).toEqual([200, 68, null]);
    expect([none.answer.status, made.status, broken.status]).toEqual([404, 200, 400]);
    expect(scaled.answer.headers.get('x-thumbnail-id')).toBe(made.body['id']);
    expect(await sharp(scaled.bytes).metadata()).toMatchObject({ width: 500, height: 281, format: 'png' });
    expect(original.bytes.equals(picture)).toBe(true);
  });

  it('tells the thumbnail of an update by an event but a direct upload only to websockets', async () => {
    const topics = (): string[] => [...simulator.store.events.ascending()].map(({ topic }) => topic);
    const before = topics().length;
    const told: string[] = [];
    const stop = simulator.store.events.listen(({ topic }) => told.push(topic));

    const loose = await upload('thumbnails', picture, { 'content-type': 'image/png' });
    await upload(`tasks/${testId(2)}/thumbnail`, picture, { 'content-type': 'image/png' });
    await client.send('PATCH', `/api/projects/show/tasks/${testId(2)}`, { thumbnailId: loose.body['id'] });
    stop();

    expect(topics().slice(before)).toEqual(['entity.task.thumbnail_changed']);
    expect(told).toEqual(['thumbnail.updated', 'entity.task.thumbnail_changed']);
  });

  it('keeps files under the id that the client chose and attaches them to comments', async () => {
    const headers = {
      'content-type': 'text/plain',
      'x-file-name': 'notes%20v1.txt',
      'x-file-id': testId(50),
    };
    const sent = await upload('files', Buffer.from('hello'), headers);
    const again = await upload('files', Buffer.from('hello'), headers);
    const nameless = await upload('files', Buffer.from('x'), { 'content-type': 'text/plain' });
    await client.send('POST', `/api/projects/show/tasks/${testId(2)}/activities`, {
      id: testId(60),
      activityType: 'comment',
      body: 'see file',
      files: [testId(50), testId(51)],
    });
    const data = await client.query(`{ project(name: "show") { task(id: "${testId(2)}") {
      activities { edges { node { body origin { name link } files { name size mime author } } } } } } }`);
    const info = await client.send('GET', `/api/projects/show/files/${testId(50)}/info`);
    const read = await download(`files/${testId(50)}`);

    expect([sent.status, again.status, nameless.status]).toEqual([201, 409, 400]);
    expect(data).toEqual({
      project: {
        task: {
          activities: {
            edges: [
              {
                node: {
                  body: 'see file',
                  origin: { name: 'comp', link: `task:${testId(2)}` },
                  files: [{ name: 'notes v1.txt', size: '5', mime: 'text/plain', author: 'service' }],
                },
              },
            ],
          },
        },
      },
    });
    expect(info.body).toEqual({ size: 5, filename: 'notes v1.txt', contentType: 'text/plain' });
    expect(read.bytes.toString()).toBe('hello');
  });

  it('takes pictures and videos for review; the first picture becomes the thumbnail of the version', async () => {
    const path = `versions/${testId(4)}/reviewables`;
    const video = await upload(path, Buffer.from('not really'), {
      'content-type': 'video/mp4',
      'x-file-name': 'a.mp4',
      'x-as-user': 'anna',
    });
    const image = await upload(`${path}?label=Plate`, picture, {
      'content-type': 'image/png',
      'x-file-name': 'a.png',
    });
    const text = await upload(path, picture, { 'content-type': 'text/plain', 'x-file-name': 'a.txt' });
    const { body } = await client.send('GET', `/api/projects/show/tasks/${testId(2)}/reviewables`);
    const thumbnail = await download(`versions/${testId(4)}/thumbnail?placeholder=none`);
    const data = await client.query(
      `{ project(name: "show") { folder(id: "${testId(1)}") { hasReviewables } versions(hasReviewables: true) { edges { node { name } } } } }`,
    );

    expect([video.status, image.status, text.status, thumbnail.answer.status]).toEqual([200, 200, 400, 200]);
    expect(video.body).toMatchObject({ availability: 'unknown', mediaInfo: {}, author: { name: 'anna' } });
    expect(image.body).toMatchObject({
      availability: 'ready',
      label: 'Plate',
      mediaInfo: { codec: 'png', width: 1280 },
    });
    expect(body).toMatchObject([
      { name: 'v001', version: '1', reviewables: [{ filename: 'a.mp4' }, { filename: 'a.png' }] },
    ]);
    expect(data).toEqual({
      project: { folder: { hasReviewables: true }, versions: { edges: [{ node: { name: 'v001' } }] } },
    });
    expect([...simulator.store.events.ascending()].map(({ topic }) => topic)).toContain('reviewable.created');
  });
});
