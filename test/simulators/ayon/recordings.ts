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
  readonly response: { readonly status: number; readonly contentType: string | null; readonly body: unknown };
}

/** Recorded answers that the simulator does not give, each with the reason: `<file> <title>` → why. */
export const REASONS: Readonly<Record<string, string>> = {};

/** Ids that a server makes: version 1 uuids of one host. */
const MADE_ID = /[0-9a-f]{12}1[0-9a-f]{7}02fc00000001/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}/g;
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

/** Hides times, hashes and host facts; of the latter their type stays. */
function normalized(value: unknown, key = ''): unknown {
  if (HOST_KEYS.has(key)) {
    return value === CUT ? CUT : `<${value === null ? 'null' : typeof value}>`;
  }
  if (typeof value === 'string') {
    const text = value.replaceAll(TIME, '<time>');
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
    const rank = (item: unknown): string => JSON.stringify(item).replaceAll(MADE_ID, '<id>');
    return SETS.has(key) ? items.sort((a, b) => rank(a).localeCompare(rank(b))) : items;
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

/** The ids of recorded things and of ours: one stands for one. */
export class Pairs {
  readonly #ours = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  /** Whether these two may be the same thing; from then on they are. */
  match(recorded: string, ours: string): boolean {
    const [known, other] = [this.#ours.get(recorded) ?? ours, this.#recorded.get(ours) ?? recorded];
    this.#ours.set(recorded, known);
    this.#recorded.set(ours, other);
    return known === ours && other === recorded;
  }
}

/** Equal texts, in which made ids stand for each other. */
function isSameText(wanted: string, given: string, pairs: Pairs): boolean {
  const ours = given.match(MADE_ID) ?? [];
  const recorded = wanted.match(MADE_ID) ?? [];
  return (
    wanted.replaceAll(MADE_ID, '<id>') === given.replaceAll(MADE_ID, '<id>') &&
    recorded.every((id, index) => pairs.match(id, ours[index] ?? ''))
  );
}

interface Place {
  readonly at: string;
  readonly pairs: Pairs;
}

function compare({ at, pairs }: Place, wanted: unknown, given: unknown): string[] {
  if (wanted === CUT && given !== undefined) {
    return [];
  }
  if (Array.isArray(wanted) && Array.isArray(given)) {
    const length = Math.max(wanted.length, given.length);
    const indexes = Array.from({ length }, (_, index) => index);
    return indexes.flatMap((i) => compare({ at: `${at}[${i}]`, pairs }, wanted[i], given[i]));
  }
  if (isObject(wanted) && isObject(given)) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(given)]);
    return [...names].flatMap((name) => compare({ at: `${at}.${name}`, pairs }, wanted[name], given[name]));
  }
  const isSame =
    typeof wanted === 'string' && typeof given === 'string'
      ? isSameText(wanted, given, pairs)
      : Object.is(wanted, given);
  return isSame ? [] : [`${at}: recorded ${JSON.stringify(wanted)}, simulated ${JSON.stringify(given)}`];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All places in which an answer differs from the recorded one. */
export function differences(recording: Recording, body: unknown, pairs: Pairs): string[] {
  const view = VIEWS[`${recording.file} ${recording.title}`]?.view ?? ((whole: unknown) => whole);
  const read = (whole: unknown): unknown => {
    const value = whole === '' ? null : whole;
    return withoutSetOrder(value === null ? null : view(value));
  };
  return compare({ at: 'body', pairs }, read(normalized(recording.response.body)), read(normalized(body)));
}
