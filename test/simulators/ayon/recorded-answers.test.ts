import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { SERVICE_ORIGIN } from '../../../simulators/ayon/store';
import type { Recording } from './recordings';
import {
  deliberateExceptions,
  differences,
  learnEventIds,
  learnIds,
  Pairs,
  REASONS,
  translated,
} from './recordings';

const folder = join(__dirname, '../../../../shared/data/ayon/answers');
const isPresent = existsSync(folder);
const recordings: Recording[] = isPresent
  ? readdirSync(folder)
      .sort()
      .flatMap((file) => {
        const list = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<Recording, 'file'>[];
        return list.map((recording) => ({ ...recording, file: file.slice(0, 2) }));
      })
  : [];

if (!isPresent) {
  process.stdout.write(`Skipped: the recorded answers are not there (${folder}).\n`);
}

/** What the recorded server had before the first request. */
function prepare({ store }: AyonSimulator): void {
  store.secrets.set('ftrack_api_key', 'not-a-real-key');
  store.secrets.set('bench', 'x');
  store.addProject({ name: 'walk_demo', code: 'wd' });
  // Of an earlier run: the recorded enroll of entity topics hands this one out.
  store.events.add({ topic: 'entity.task.created', project: 'walk_demo' }, SERVICE_ORIGIN);
  store.user('admin').attrib = { fullName: 'Admin X' };
  const data = { accessGroups: { contract_exnrx: ['artist'] }, defaultAccessGroups: ['artist'] };
  const attrib = { fullName: 'Anna Artist', email: 'anna@example.com' };
  store.addUser({ name: 'anna.artist', attrib, data });
}

function keyOf(simulator: AyonSimulator, as: string): Record<string, string> {
  const keys: Record<string, string> = {
    service: simulator.apiKey,
    admin: simulator.store.adminKey,
    'wrong-key': 'nobodyhasthiskey',
  };
  const key = keys[as];
  return key === undefined ? {} : { 'x-api-key': key };
}

/** Of uploads only the number of bytes was recorded: a picture of one pixel stands for them. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function bodyOf({ headers, body }: Recording['request']): string | Buffer | undefined {
  if (headers['content-type']?.startsWith('image/')) {
    return PICTURE;
  }
  return body === null ? undefined : JSON.stringify(body);
}

async function ask(
  simulator: AyonSimulator,
  { request }: Recording,
): Promise<{ status: number; contentType: string | null; body: unknown }> {
  const headers = { 'content-type': 'application/json', ...keyOf(simulator, request.as), ...request.headers };
  const body = bodyOf(request);
  const answer = await fetch(`${simulator.url}${request.path}`, {
    method: request.method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  const contentType = answer.headers.get('content-type');
  const isJson = contentType?.startsWith('application/json') === true && text !== '';
  return { status: answer.status, contentType, body: isJson ? (JSON.parse(text) as unknown) : text };
}

describe('the comparison with recorded answers', () => {
  const [one, other] = ['1cbd2f4ae5ab11f18ac002fc00000001', '1cc4d164e5ab11f18ac002fc00000001'];
  const recording = (body: unknown): Recording => ({
    file: '00',
    title: 'planted',
    request: { method: 'GET', path: '/', headers: {}, as: 'service', body: null },
    response: { status: 200, contentType: 'application/json', body },
  });

  it.each([
    ['a list that became an object', { data: [] }, { data: {} }],
    ['a missing key', { data: null }, {}],
    ['a key too many', {}, { data: null }],
    [
      'a fact of the host that is no text any more',
      { apiKeyPreview: 'abcd***1234' },
      { apiKeyPreview: null },
    ],
    ['a time without its zone', '2026-11-21T12:57:30.952687+00:00', '2026-11-21T12:57:30.952687'],
    ['one id for two things', [one, other], [one, one]],
    ['two ids for one thing', [one, one], [one, other]],
    ['another order of a list', { tags: ['a', 'b'] }, { tags: ['b', 'a'] }],
    ['a number as text', 1, '1'],
  ])('notices %s', (_what, recorded, simulated) => {
    expect(differences(recording(recorded), simulated, new Pairs())).not.toEqual([]);
    expect(differences(recording(recorded), recorded, new Pairs())).toEqual([]);
  });
});

(isPresent ? describe : describe.skip)('recorded answers of a real AYON server', () => {
  let simulator: AyonSimulator;
  const ids = new Map<string, string>();
  const pairs = new Pairs();
  let compared = 0;

  beforeAll(async () => {
    simulator = await startAyonSimulator();
    prepare(simulator);
  });

  afterAll(async () => {
    await simulator.close();
    const lines = deliberateExceptions().map((line) => `  ${line}\n`);
    process.stdout.write(
      `${compared} of ${recordings.length} recorded answers compare equal. Deliberate exceptions:\n${lines.join('')}`,
    );
  });

  it('names no exception that was never recorded', () => {
    const titles = new Set(recordings.map(({ file, title }) => `${file} ${title}`));

    expect(Object.keys(REASONS).filter((title) => !titles.has(title))).toEqual([]);
  });

  for (const recording of recordings.filter(({ file, title }) => !(`${file} ${title}` in REASONS))) {
    it(`answers as recorded: ${recording.file} ${recording.title}`, async () => {
      const answer = await ask(simulator, translated(recording, ids));
      learnIds(recording, answer.body, ids);
      if (recording.title.startsWith('events of the project')) {
        learnEventIds(recording, answer.body, ids);
      }

      expect(answer.status).toBe(recording.response.status);
      expect(answer.contentType).toBe(recording.response.contentType);
      expect(differences(recording, answer.body, pairs)).toEqual([]);
      compared += 1;
    });
  }
});
