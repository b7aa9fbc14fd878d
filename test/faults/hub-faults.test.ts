import { randomUUID } from 'node:crypto';
import { HUB_TIMINGS } from '../../src/clients/ftrack/hub/timings';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { untilFirstLook } from './support/first-look';
import { eventOf, SPOT, Story } from './support/story';
import type { TcpProxy } from './support/tcp-proxy';
import { startTcpProxy } from './support/tcp-proxy';

/**
 * Promise L at the connection to ftrack's event hub: whatever befalls it, the leecher says so, comes back by itself, and
 * what was edited meanwhile reaches AYON.
 */
const HUB_SCALE = 15;
const SECRET = 'a-secret-of-some-length';

let testbed: Testbed;
let story: Story;
let proxy: TcpProxy;
/** ftrack as the leecher knows it: by a name, and behind the proxy. */
let server: string;
let leecher: Service;
let tasks: string[];

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20, hubTimeScale: HUB_SCALE });
  story = new Story(testbed);
  tasks = story.tasks(SPOT);
  proxy = await startTcpProxy(Number(new URL(testbed.ftrack.url).port));
  server = `http://localhost:${new URL(`http://${proxy.address}`).port}`;
  [leecher] = await Promise.all([startLeecher(), testbed.startProcessor()]);
  await untilFirstLook(testbed);
}, 90_000);

afterAll(async () => {
  await proxy.close();
  await testbed.close();
}, 30_000);

const startLeecher = (): Promise<Service> =>
  testbed.startLeecher({ FTRACK_SERVER: server, FTRACK_WEBHOOK_SECRET: SECRET });

/** Edits one task. @returns the id of the event */
const edit = (task: string, text: string): string =>
  eventOf(story, () => story.bob.update(task, { description: text }));

const problems = async (): Promise<string> => {
  const { ready, problems: all } = await leecher.readiness();
  return ready ? '' : String(all);
};

const untilSays = (text: RegExp): Promise<boolean> =>
  eventually(
    `/readyz to say ${String(text)}`,
    async () => {
      const said = await problems();
      if (!text.test(said)) {
        throw new Error(said);
      }
      return true;
    },
    60_000,
  );

const counter = async (name: string): Promise<number> =>
  (await leecher.metrics())[`ayon_ftrack_${name}`] ?? 0;

/**
 * Repeats work until the leecher has taken its event from the hub: on a machine that stands still for longer than these
 * short waits allow, a connection ends once more.
 */
const untilTaken = (work: () => string | Promise<string>): Promise<string> =>
  eventually(
    'an event to be taken from the hub',
    async () => {
      await leecher.ready();
      const event = await work();
      await eventually('its workflow', () => story.standing(event), 5_000);
      return event;
    },
    60_000,
  );

/** What was edited reaches AYON, and a later edit does so as an event of the hub. */
async function untilRecovered(): Promise<void> {
  await story.untilAgreed();
  await story.untilClosed([await untilTaken(() => edit(tasks[0] ?? '', randomUUID()))]);
  await story.untilAgreed();
  expect(leecher.isRunning).toBe(true);
}

interface Fault {
  readonly name: string;
  /** @returns what ends it */
  readonly begin: () => (() => unknown) | Promise<() => unknown>;
  /** What /readyz says while it holds. */
  readonly says: RegExp;
}

const hub = () => testbed.ftrack.hub;

/** A hub that sends this to everybody again and again. */
function sendAllTheTime(frame: string): () => void {
  const timer = setInterval(() => hub().sendRaw(frame), 20);
  return () => clearInterval(timer);
}

const FAULTS: readonly Fault[] = [
  {
    name: 'a half-open socket, the peer vanishes without a close',
    begin: () => {
      proxy.vanish();
      return () => proxy.appear();
    },
    says: /no heartbeat came|cannot be reached \(no answer\).*check the address and the network between/,
  },
  {
    name: 'a silent peer, sockets open and nothing comes',
    begin: () => {
      hub().silence();
      return () => hub().silence(false);
    },
    says: /ended: (no heartbeat came|an event to ourselves did not come back); a new one is made/,
  },
  {
    name: 'stopped heartbeats while events go on',
    begin: () => {
      hub().stopHeartbeats();
      return () => hub().stopHeartbeats(false);
    },
    says: /ended: no heartbeat came; a new one is made/,
  },
  {
    name: 'an upgrade that hangs and then fails with 504',
    begin: () => {
      hub().upgradeHang(HUB_TIMINGS.upgrade / HUB_SCALE / 3);
      hub().dropAll();
      return () => hub().upgradeHang(undefined);
    },
    says: /ended: the socket failed \(.*504\); a new one is made/,
  },
  {
    name: 'an upgrade that hangs for ever',
    begin: () => {
      hub().upgradeHang(3_600_000);
      hub().dropAll();
      return () => hub().upgradeHang(undefined);
    },
    says: /was not opened in time, as behind a proxy that lets no websockets through/,
  },
  {
    name: 'a hub that ends each session with 0::',
    begin: () => sendAllTheTime('0::'),
    says: /ended: the server ended the session; a new one is made/,
  },
  {
    name: 'a hub that ends each session with 7:::',
    begin: () => sendAllTheTime('7:::1+0'),
    says: /ended: the server reported an error \(1\+0\); a new one is made/,
  },
  {
    name: 'credentials revoked and restored',
    begin: () => {
      testbed.ftrack.revokeCredentials(testbed.ftrack.user);
      return () => testbed.ftrack.restoreCredentials();
    },
    says: /refused the user ".+" or its API key \(HTTP 401\); check both in the settings/,
  },
  {
    name: 'a name server that does not know ftrack',
    begin: async () => {
      await leecher.inject({ dns: 'localhost' });
      hub().dropAll();
      return () => leecher.inject({});
    },
    says: /name service does not know its name \(ENOTFOUND\).*check the ftrack server address and DNS/,
  },
];

test.each(FAULTS)(
  'L: $name is told, survived, and made up for',
  async ({ begin, says, name }) => {
    const end = await begin();
    try {
      story.bob.update(tasks[0] ?? '', { description: `during ${name}` });
      await untilSays(says);
    } finally {
      await end();
    }

    await untilRecovered();
    expect(testbed.drift()).toEqual([]);
  },
  120_000,
);

test('L: 503 to every handshake for minutes is told, survived, made up for, and asked ever more rarely', async () => {
  const asked = hub().handshakes;
  const from = performance.now();
  hub().handshake503(Infinity);
  hub().dropAll();
  story.bob.update(tasks[0] ?? '', { description: 'during the 503s' });
  await untilSays(/answered HTTP 503 instead of a session; it is tried again/);

  const tries = 9;
  await eventually(`${tries} handshakes`, () => hub().handshakes - asked >= tries, 60_000);
  const minutes = ((performance.now() - from) * HUB_SCALE) / 60_000;
  hub().handshake503(0);

  // Pauses of 0.25 s, doubling to 15 s, at least.
  expect(minutes).toBeGreaterThan(0.95);
  await untilRecovered();
}, 120_000);

/** An edit that the hub tells in a frame with an id, among frames that are none. */
function editInOddFrames(): string {
  const carried: object[] = [];
  const stop = hub().onEvent((event) => void carried.push(event));
  hub().dropEvents(1);
  const event = edit(tasks[0] ?? '', randomUUID());
  stop();
  ['nonsense', '5:::{"name":', '9:::'].forEach((frame) => hub().sendRaw(frame));
  hub().sendRaw(`5:1+::${JSON.stringify({ name: 'ftrack.event', args: carried.slice(0, 1) })}`);
  return event;
}

test('L: malformed frames are counted, and frames with an id bring their event and are acknowledged', async () => {
  const counts = async (): Promise<number[]> =>
    Promise.all(['malformed', 'ack-requested'].map((what) => counter(`leecher_hub_total{what="${what}"}`)));
  const [malformed = 0, asked = 0] = await counts();

  const event = await untilTaken(editInOddFrames);

  await story.untilClosed([event]);
  const [malformedAfter, askedAfter] = await counts();
  expect(malformedAfter).toBeGreaterThanOrEqual(malformed + 3);
  expect(askedAfter).toBeGreaterThanOrEqual(asked + 1);
  await untilRecovered();
}, 120_000);

/** What ftrack would post about an edit of a task's description. */
async function webhook(id: string, { task, text }: { task: string; text: string }): Promise<number> {
  const row = { id: task, object_type_id: 'task', project_id: story.projects[SPOT] };
  const body = {
    id,
    fez_id: 'ftrack_entity_event_v1',
    metadata: { date: '2026-01-01', resource_id: randomUUID(), server_url: server, configuration_hash: 'x' },
    entity: {
      id: [task],
      entity_type: 'Task',
      operation: 'update',
      new: { ...row, description: text },
      old: { ...row, description: 'before' },
    },
  };
  const address = new URL(`/webhooks/ftrack/${SECRET}`, leecher.url);
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(body) });
  return answer.status;
}

test('L: webhooks bring what is edited while the hub is away, each once', async () => {
  const [, task = ''] = tasks;
  hub().handshake503(Infinity);
  hub().dropAll();
  await untilSays(/answered HTTP 503/);
  const id = randomUUID();
  story.bob.update(task, { description: 'told by a webhook' });

  expect(await webhook(id, { task, text: 'told by a webhook' })).toBe(202);
  expect(await webhook(id, { task, text: 'told by a webhook' })).toBe(202);

  // The gap fill may have been there first.
  await eventually('the workflow of the webhook', async () =>
    /^completed (applied|unchanged)$/.test(await story.standing(`webhook-${id}`)),
  );
  await story.untilAgreed();
  expect(await problems()).toMatch(/answered HTTP 503/);
  hub().handshake503(0);
  await untilRecovered();
}, 120_000);

test('D: an edit that hub and webhook tell starts one workflow', async () => {
  const [, task = ''] = tasks;
  const told = (): Promise<number> => counter('leecher_skipped_total{reason="webhook-told"}');
  const before = await told();
  let id = '';
  const event = await untilTaken(async () => {
    id = randomUUID();
    const edited = edit(task, id);
    expect(await webhook(id, { task, text: id })).toBe(202);
    return edited;
  });

  await eventually('the webhook to be known as told', async () => (await told()) > before);
  await story.untilClosed([event]);
  await expect(story.standing(`webhook-${id}`)).rejects.toThrow(/not found/);
}, 120_000);
