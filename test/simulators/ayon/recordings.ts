/** One recorded request with the real server's answer. */
export interface Recording {
  readonly file: string;
  readonly title: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly as: string;
    readonly body: unknown;
  };
  readonly response: { readonly status: number; readonly body: unknown };
}

/** Recorded answers that the simulator does not give, each with the reason: `<file> <title>` → why. */
export const REASONS: Readonly<Record<string, string>> = {};

/** Ids that a server makes: version 1 uuids of one host. */
const MADE_ID = /[0-9a-f]{12}1[0-9a-f]{7}02fc00000001/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:\+00:00)?/g;
const HASH = /^[0-9a-f]{64}$/;
const CUT = '<cut>';

/** Keys whose values are facts of the host on which the answers were recorded. */
const HOST_KEYS = new Set([
  'uptime',
  'traceback',
  'apiKeyPreview',
  'apiKey',
  'password',
  'lastSeenDelta',
  'thumbnailHash',
]);

/** Hides ids, times, hashes and host facts. */
function normalized(value: unknown, key = ''): unknown {
  if (HOST_KEYS.has(key)) {
    return CUT;
  }
  if (typeof value === 'string') {
    const text = value.replaceAll(MADE_ID, '<id>').replaceAll(TIME, '<time>');
    return HASH.test(text) ? '<hash>' : text.replace(/loaded in [\d.]+s/, 'loaded in <time>');
  }
  if (Array.isArray(value)) {
    return value.map((item) => normalized(item));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, normalized(item, name)]));
  }
  return value;
}

type Json = Record<string, unknown>;

/** Replaces the ids that the real server made by those that ours made, and writes out shortened texts. */
export function translated(recording: Recording, ids: ReadonlyMap<string, string>): Recording {
  let text = JSON.stringify(recording.request);
  for (const [recorded, ours] of ids) {
    text = text.replaceAll(recorded, ours);
  }
  text = text.replace(/<(\d+) times x>/, (_match, times: string) => 'x'.repeat(Number(times)));
  return { ...recording, request: JSON.parse(text) as Recording['request'] };
}

/** Remembers which of our ids stands for which recorded one: an answer's `id` names what a request made. */
export function learnIds(recording: Recording, body: unknown, ids: Map<string, string>): void {
  const recorded = (recording.response.body as Json | null)?.['id'];
  const ours = (body as Json | null)?.['id'];
  if (typeof recorded === 'string' && typeof ours === 'string') {
    ids.set(recorded, ours);
  }
}

interface EventEdge {
  cursor: string;
  node: { id: string; topic: string; description: string; summary: string };
}

function eventEdges(body: unknown): EventEdge[] {
  return (body as { data: { events: { edges: EventEdge[] } } }).data.events.edges;
}

/**
 * The events of the project. The recorded server stores the events of several requests side by side: the last one of a batch came after the first of the next, so its place is not
 * compared.
 */
function comparableEvents(body: unknown): EventEdge[] {
  return eventEdges(body).sort((a, b) => Number(isLate(a)) - Number(isLate(b)));
}

function isLate({ node }: EventEdge): boolean {
  return node.topic === 'entity.representation.created';
}

/** Remembers the ids of all events of the project, which later requests ask for. */
export function learnEventIds(recording: Recording, body: unknown, ids: Map<string, string>): void {
  const ours = comparableEvents(body);
  for (const [index, { node }] of comparableEvents(recording.response.body).entries()) {
    const match = ours[index];
    if (match) {
      ids.set(node.id, match.node.id);
    }
  }
}

/** Lists that the recorded server gives in the random order of a Python set. */
const SETS = new Set(['ownAttrib', 'references']);

/** Sorts what has a random order; JSON inside a text is looked into, too. */
function withoutSetOrder(value: unknown, key = ''): unknown {
  if (key === 'summary' && typeof value === 'string') {
    return withoutSetOrder(JSON.parse(value));
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutSetOrder(item));
    return SETS.has(key)
      ? items.map((item) => JSON.stringify(item)).sort((a, b) => a.localeCompare(b))
      : items;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, withoutSetOrder(item, name)]),
    );
  }
  return value;
}

type View = (body: unknown) => unknown;

function only(...names: string[]): View {
  return (body) => Object.fromEntries(names.map((name) => [name, (body as Json)[name]]));
}

const ATTRIBUTES = ['priority', 'fps', 'resolutionWidth', 'resolutionHeight', 'pixelAspect', 'clipIn'];

interface PartialView {
  readonly view: View;
  /** Why not the whole answer is compared. */
  readonly reason: string;
}

/** What is compared of answers that were not recorded whole, or that hold facts of the host. */
const VIEWS: Readonly<Record<string, PartialView>> = {
  '01 attributes (first 6)': {
    reason: 'only eight of the attributes were recorded',
    view: (body) => {
      const wanted = new Set([...ATTRIBUTES, 'ftrackId', 'ftrackPath']);
      return (body as { attributes: { name: string }[] }).attributes.filter(({ name }) => wanted.has(name));
    },
  },
  '01 all settings, production, summary': {
    reason: 'the settings of core were cut from the recording',
    view: (body) => {
      const { addons, ...rest } = body as { addons: { name: string; settings: unknown }[] };
      return {
        ...rest,
        addons: addons.map((addon) => (addon.name === 'core' ? { ...addon, settings: CUT } : addon)),
      };
    },
  },
  '02 get project after patch': {
    reason: 'only these fields were recorded',
    view: only('statuses', 'attrib', 'ownAttrib'),
  },
  '07 events of the project, oldest first': {
    reason:
      'the real server stores the events of several batches side by side: cursors and the place of entity.representation.created vary',
    view: (body) => comparableEvents(body).map(({ node }) => node),
  },
};

/** What holds for every answer: `<what> → why`. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  'ids that the server made, times, hashes': 'they differ from run to run',
  'uptime, tracebacks, key previews, password hashes, lastSeenDelta, thumbnailHash':
    'facts of the recorded host',
  'the order of ownAttrib and of references': 'the recorded server gives them in the random order of a set',
  'bytes of uploaded pictures': 'only their number was recorded; a picture of one pixel is sent instead',
};

/** Every deliberate difference in what is compared, with its reason. */
export function deliberateExceptions(): string[] {
  const views = Object.entries(VIEWS).map(([title, { reason }]) => [title, reason] as const);
  const all = [...Object.entries(REASONS), ...views, ...Object.entries(EVERYWHERE)];
  return all.map(([what, why]) => `${what}: ${why}`);
}

function compare(at: string, wanted: unknown, given: unknown): string[] {
  if (wanted === CUT && given !== undefined) {
    return [];
  }
  if (Array.isArray(wanted) && Array.isArray(given)) {
    const length = Math.max(wanted.length, given.length);
    return Array.from({ length }, (_, i) => compare(`${at}[${i}]`, wanted[i], given[i])).flat();
  }
  if (typeof wanted === 'object' && wanted !== null && typeof given === 'object' && given !== null) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(given)]);
    return [...names].flatMap((name) =>
      compare(`${at}.${name}`, (wanted as Json)[name], (given as Json)[name]),
    );
  }
  return Object.is(wanted, given)
    ? []
    : [`${at}: recorded ${JSON.stringify(wanted)}, simulated ${JSON.stringify(given)}`];
}

/** All places in which an answer differs from the recorded one. */
export function differences(recording: Recording, body: unknown): string[] {
  const view = VIEWS[`${recording.file} ${recording.title}`]?.view ?? ((whole: unknown) => whole);
  const read = (whole: unknown): unknown => {
    const value = whole === '' ? null : whole;
    return withoutSetOrder(value === null ? null : view(value));
  };
  return compare('body', read(normalized(recording.response.body)), read(normalized(body)));
}
