import { setTimeout as pause } from 'node:timers/promises';
import { generateStudio, sampleStudio } from '../../../simulators/studio';
import { GAP_FILL_ID, QUERY } from '../../../src/contracts/names';
import type { Testbed } from '../../../testbed';
import { startTestbed } from '../../../testbed';
import { AyonPeople } from '../support/ayon-people';
import { Editor } from '../support/edits';
import { untilFirstLook } from '../support/first-look';
import { Fleet } from '../support/fleet';
import { pick, randomFrom } from '../support/random';
import { Story } from '../support/story';
import { Troubles } from '../support/troubles';
import { Written } from '../support/written';
import type { Isolated } from './isolation';
import { isolation } from './isolation';
import type { LastEdit, Violation } from './judge';
import { judge } from './judge';

/** Which story, or which part of it. */
export interface Wanted {
  readonly seed: number;
  /** Fewer than {@link ROUNDS} play a prefix of the same story. */
  readonly rounds?: number;
  /** What is left out of the last round: `trouble 1`, `edit 3`. */
  readonly without?: readonly string[];
  /** How long both sides may take to come to rest; less where a defect is looked for. */
  readonly quietMs?: number;
}

/** One seeded story and what came of it. */
export interface Played {
  readonly seed: number;
  readonly rounds: number;
  readonly without: readonly string[];
  /** What was done, in order, for people. */
  readonly log: readonly string[];
  /** How often each trouble befell. */
  readonly troubles: Readonly<Record<string, number>>;
  /** What was looked at, and how often. */
  readonly checked: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

export const ROUNDS = 4;
/** Of people in ftrack, before a trouble and again while it lasts; in AYON a third of it. */
const EDITS = 6;
/** Both are many times what a busy machine needs. */
const QUIET_MS = 240_000;
const LIMIT_MS = 480_000;

type HubEvent = Parameters<Testbed['ftrack']['hub']['publish']>[0];

const CALM_MS = 6_000;

/** Events that are told again at the end. */
const REPEATED = 6;

const NOT_ISOLATED: Isolated = { violations: [], checked: {}, ids: [] };

/** Two projects of a sample, and a small one. */
function studio() {
  const sample = sampleStudio();
  const { projects } = generateStudio({ projects: 1, entitiesPerProject: 24, seed: 7 });
  return { ...sample, projects: [...sample.projects, ...projects] };
}

/**
 * Random edits on both sides, random troubles, then quiet, and the judges; the same for the same seed as far as
 * processes are. A story that cannot be played to its end is a violation too.
 * @param tell hears each line of the log at once
 * @throws Error when the studio of the story did not start, which says nothing about the product
 */
export async function play(wanted: Wanted, tell: (line: string) => void = () => undefined): Promise<Played> {
  const testbed = await startTestbed({ durable: true, timeScale: 10, studio: studio() });
  const teller = new Teller(testbed, wanted, tell);
  try {
    await teller.start();
    const { violations, checked } = await within(LIMIT_MS, teller.run()).catch((error: unknown) =>
      teller.brokenOff(error),
    );
    return { ...teller.told, violations, checked };
  } finally {
    await testbed.close();
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the story did not end in ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

type Result = Pick<Played, 'violations' | 'checked'>;

/** A story while it is played. */
class Teller {
  private readonly wanted: Required<Wanted>;
  private readonly story: Story;
  private readonly fleet: Fleet;
  private readonly editors: readonly Editor[];
  private readonly people: AyonPeople;
  private readonly written: Written;
  private readonly random;
  private readonly edited = new Map<string, LastEdit>();
  private readonly troubles: Record<string, number> = {};
  private readonly log: string[] = [];
  private readonly tell: (line: string) => void;
  private readonly heard: HubEvent[] = [];
  private edits = 0;

  constructor(testbed: Testbed, wanted: Wanted, tell: (line: string) => void) {
    this.wanted = { rounds: ROUNDS, without: [], quietMs: QUIET_MS, ...wanted };
    const { seed } = wanted;
    this.random = randomFrom(seed);
    this.story = new Story(testbed);
    this.fleet = new Fleet(testbed);
    this.editors = testbed.studio.projects.map((project) => new Editor(project, this.random));
    this.people = new AyonPeople(this.story, this.editors, randomFrom(seed + 1e6));
    this.story.isMeant = (line) => this.people.isMeant(line);
    testbed.ftrack.hub.onEvent((event) => this.hear(event));
    this.written = new Written(this.story);
    this.written.note(this.editors.flatMap(({ seeded }) => seeded));
    this.tell = (line) => {
      this.log.push(line);
      tell(line);
    };
  }

  private hear(event: HubEvent): void {
    if (this.heard.length < REPEATED && event['id'] === this.story.events.at(-1)) {
      this.heard.push(event);
    }
  }

  get told(): Omit<Played, keyof Result> {
    const { log, troubles } = this;
    const { seed, rounds, without } = this.wanted;
    return { seed, rounds, without, log, troubles };
  }

  /** All services, and a gap fill that knows where ftrack's log begins: what comes before that is not its to find. */
  async start(): Promise<void> {
    await this.fleet.start();
    await untilFirstLook(this.story.testbed, QUIET_MS);
  }

  async run(): Promise<Result> {
    const { story, fleet, wanted, people, written, edited } = this;
    for (let round = 0; round < wanted.rounds; round += 1) {
      await this.round(round, round === wanted.rounds - 1 ? wanted.without : []);
    }
    // What is delayed then, is delayed by nothing else.
    const before = await this.unrest();
    await fleet.untilAllListen();
    const repeated = this.repeat();
    const held =
      before === undefined
        ? await isolation(story, pick(story.testbed.studio.projects, this.random).name)
        : NOT_ISOLATED;
    written.note(held.ids);
    const unrest = before ?? (await this.unrest());
    const last = [...story.testbed.ayon.store.events.ascending()].at(-1)?.sequence ?? 0;
    people.publish();
    const why = unrest === undefined ? undefined : await this.state(unrest);
    const verdict = await judge({ story, fleet, people, written, edited, unrest: why, last });
    const events = await story.find('WorkflowType = "handleEvent"');
    return {
      violations: [...held.violations, ...verdict.violations],
      checked: {
        ...verdict.checked,
        ...held.checked,
        'D old events told again': repeated,
        'edits in ftrack': this.edits,
        'edits in AYON': people.edits,
        'events worked on': events.length,
        'events found by the gap fill': events.filter((id) => id.startsWith('ftrack-event/log-')).length,
      },
    };
  }

  /** The hub delivers the first events once more, long after they were worked on. @returns how many */
  private repeat(): number {
    const old = this.heard.slice(0, REPEATED);
    this.tell(`${old.length} events told again`);
    old.forEach((event) => this.story.testbed.ftrack.hub.publish(event));
    return old.length;
  }

  /** Why both sides do not come to rest; undefined when they do. */
  private unrest(): Promise<string | undefined> {
    return this.story.untilQuiet(this.wanted.quietMs).then(() => undefined, messageOf);
  }

  private async round(number: number, without: readonly string[]): Promise<void> {
    const { wanted, troubles, tell } = this;
    const random = randomFrom(wanted.seed * 100 + number);
    const befalling = new Troubles(this.fleet)
      .next(random)
      .filter((_, index) => !without.includes(`trouble ${index + 1}`));
    const names = befalling.map(({ name }) => name);
    tell(`round ${number + 1}: ${names.join(' + ') || 'no trouble'}`);
    names.forEach((name) => (troubles[name] = (troubles[name] ?? 0) + 1));
    if (names.length > 1) {
      troubles['two at once'] = (troubles['two at once'] ?? 0) + 1;
    }
    this.editSome(0, without);
    const ends = [];
    for (const { start } of befalling) {
      ends.push(await start());
    }
    this.editSome(EDITS, without);
    await pause(random() * 1_000);
    await Promise.all(ends.map((end) => end()));
    if (random() < 0.5) {
      // The next trouble shall also meet services that have recovered from this one.
      await this.fleet.untilAllListen(CALM_MS).catch(() => undefined);
    }
  }

  private editSome(from: number, without: readonly string[]): void {
    const { story, random, editors, written } = this;
    for (let count = from + 1; count <= from + EDITS; count += 1) {
      const editor = pick(editors, random);
      if (without.includes(`edit ${count}`)) {
        continue;
      }
      const { what, ids } = editor.edit(story.bob);
      this.edits += 1;
      this.tell(`  ${count}: ${what}`);
      written.note(ids);
      const last = { event: story.events.at(-1) ?? '', at: new Date() };
      ids.forEach((id) => this.edited.set(id, last));
      if (count % 3 === 0) {
        this.tell(`  ${this.people.edit()}`);
      }
    }
  }

  private gapFillText(): Promise<string> {
    const { client } = this.story.testbed;
    return client.workflow
      .getHandle(GAP_FILL_ID)
      .query<{ text: string }>(QUERY.state)
      .then(({ text }) => text, messageOf);
  }

  /** What happened, and all state there is, as far as it still answers. */
  private async state(what: string): Promise<string> {
    const { story, fleet } = this;
    const soon = async (text: Promise<unknown>): Promise<string> =>
      String(await Promise.race([text.catch(messageOf), pause(20_000, 'no answer')]));
    const lines = [
      what,
      `drift: ${story.drift().slice(0, 20).join('; ') || 'none'}`,
      `queues: ${await soon(story.queueTexts())}`,
      `gap fill: ${await soon(this.gapFillText())}`,
      `open: ${await soon(story.find('ExecutionStatus = "Running"'))}`,
      `parked: ${await soon(story.find('SyncOutcome = "parked"'))}`,
      `services: ${await soon(fleet.describe().then((each) => each.join('\n')))}`,
    ];
    return lines.join('\n').replaceAll('\n', '\n      ');
  }

  async brokenOff(error: unknown): Promise<Result> {
    const what = await this.state(messageOf(error));
    return {
      violations: [{ promise: 'ran', what, workflows: [] }],
      checked: { 'edits in ftrack': this.edits },
    };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
