import { Context } from '@temporalio/activity';
import type { FaultHandle } from '../../simulators/faults';
import { generateStudio } from '../../simulators/studio';
import { RETRY } from '../../src/clients/ayon/retry';
import { START_DELAY_JITTER, timings } from '../../src/contracts/timings';
import { failure } from '../../src/errors';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { newProject, startCore } from '../support/core';
import { eventually } from '../support/eventually';
import { startSickTemporal } from './support/sick-temporal';
import { Story } from './support/story';

/**
 * Promises L and O over outages of days, and how many requests such an outage costs.
 *
 * Four days are not waited out. What still changes with time in an outage is: the pause between two tries, which has
 * reached its largest value (a minute) after six; the pauses after which waiting events enrol again, which double up to
 * six hours and cost one signal each, so that their rate only falls; the hours after which a line is told again; and the
 * age of the gap fill's cursor, which is a row id and has none. So each test holds an outage until every project tries at
 * the largest pause, counts what a few more tries cost, and ends it: the days after that would be the same minute again.
 * How waiting events enrol meanwhile is counted on the core alone, several pauses long.
 */
const SCALE = 10;
const PROJECTS = 10;
/** Events of the busy project that wait; the others have one. */
const BACKLOG = 40;
const LIMIT_MS = 180_000;
const { outageMax } = timings(SCALE);
/** Tries after which the pause is the largest. */
const CLIMB = 7;
/** Tries that are counted from there. */
const COUNTED = 2;

let testbed: Testbed;
let story: Story;
let leecher: Service;
let processor: Service;
/** Project names by event, in order. */
const projectOf = new Map<string, string>();

beforeAll(async () => {
  const studio = generateStudio({ projects: PROJECTS, entitiesPerProject: 24, seed: 6 });
  testbed = await startTestbed({ studio, durable: true, timeScale: SCALE });
  story = new Story(testbed);
  [leecher, processor] = await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
}, 120_000);

afterAll(() => testbed.close(), 30_000);

const names = (): string[] => testbed.studio.projects.map(({ name }) => name);

/** One edit in each project, more in the busy one. */
function edit(text: string, busy = 1): void {
  names().forEach((name, at) => {
    const tasks = story.tasks(name);
    for (let count = 0; count < (at === 0 ? busy : 1); count += 1) {
      story.bob.update(tasks[count % tasks.length] ?? '', { description: `${text} ${count}` });
      projectOf.set(story.events.at(-1) ?? '', name);
    }
  });
}

/** Edits before, during and after an outage. Ends when all is applied, in order, and both sides agree. */
async function survive(begin: () => Promise<unknown>, during: () => Promise<() => Promise<unknown>>) {
  const from = story.events.length;
  edit('before');
  await story.untilClosed(story.events.slice(from), LIMIT_MS);
  await begin();
  edit('during', BACKLOG);
  const end = await during();
  await end();
  const ended = performance.now();
  edit('after');

  const events = story.events.slice(from);
  await story.untilClosed(events, LIMIT_MS);
  print(`${events.length} events applied ${((performance.now() - ended) / 1000).toFixed(1)} s after its end`);
  expect(testbed.drift()).toEqual([]);
  for (const name of names()) {
    const own = events.filter((event) => projectOf.get(event) === name);
    const turns = await turnsOf(own);
    // What a group turn covered has none of its own.
    expect(turns).toEqual(own.filter((event) => turns.includes(event)));
    expect(turns.length).toBeGreaterThan(0);
  }
  expect((await testbed.outcomes())['parked'] ?? 0).toBe(0);
}

interface Begun {
  readonly event: string;
  /** ns */
  readonly at: number;
}

/** The events that had a turn of their own, in the order of their first steps, as Temporal's histories tell. */
async function turnsOf(events: readonly string[]): Promise<string[]> {
  const begun = await Promise.all(
    events.map(async (event): Promise<Begun[]> => {
      const { events: history } = await story.event(event).fetchHistory();
      const started = history?.find((each) => each.activityTaskStartedEventAttributes)?.eventTime;
      return started ? [{ event, at: Number(started.seconds) * 1e9 + Number(started.nanos ?? 0) }] : [];
    }),
  );
  return begun
    .flat()
    .sort((one, other) => one.at - other.at)
    .map(({ event }) => event);
}

/** Tries so far of the event that has its turn, for each project. */
const tries = (): Promise<number[]> =>
  Promise.all(
    names().map(async (name) => {
      const { turn } = await testbed.queue(story.projects[name] ?? null);
      const { raw } = await testbed.client.workflow.getHandle(turn?.id ?? '').describe();
      return raw.pendingActivities?.[0]?.attempt ?? 0;
    }),
  );

const untilTried = (wanted: readonly number[]): Promise<number[]> =>
  eventually(
    `tries ${wanted.join()}`,
    async () => {
      const seen = await tries();
      return seen.every((count, at) => count >= (wanted[at] ?? 0)) ? seen : undefined;
    },
    LIMIT_MS,
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const lines = (): number => leecher.log.length + processor.log.length;
const print = (text: string): boolean =>
  process.stderr.write(`  ${expect.getState().currentTestName}: ${text}\n`);

/** What an outage costs once each project tries at the largest pause: nobody tries more often than once a minute. */
async function countTries(requests: () => number): Promise<{ tries: number; requests: number }> {
  const before = await untilTried(names().map(() => CLIMB));
  const from = { at: performance.now(), requests: requests(), lines: lines() };
  const after = await untilTried(before.map((count) => count + COUNTED));
  const minutes = (performance.now() - from.at) / outageMax;
  const each = after.map((count, at) => count - (before[at] ?? 0));
  const made = { tries: sum(each), requests: requests() - from.requests };

  const perMinute = (count: number): string => (count / minutes / PROJECTS).toFixed(2);
  print(
    `${perMinute(made.tries)} tries and ${perMinute(made.requests)} requests a minute and project; ${lines() - from.lines} lines of log for ${made.tries} tries`,
  );
  // One more than fits, since a try may lie at each end.
  expect(Math.max(...each)).toBeLessThanOrEqual(minutes + 1);
  // The log would get two lines for each try.
  expect(lines() - from.lines).toBeLessThanOrEqual(made.tries);
  return made;
}

describe('days without', () => {
  test.each([
    // What may be sent again is sent three times within a second.
    ['AYON', () => testbed.ayon, RETRY.tries],
    // One question, and whether the server answers at all; for the gap fill and the hub, a few more.
    ['ftrack', () => testbed.ftrack, 4],
  ] as const)(
    '%s: a project tries once a minute, however many of its events wait, and goes on in order',
    async (_, simulator, perTry) => {
      let fault: FaultHandle | undefined;
      await survive(
        () => {
          fault = simulator().faults.add({ times: Number.POSITIVE_INFINITY, effect: { html502: true } });
          return Promise.resolve();
        },
        async () => {
          const made = await countTries(() => fault?.hits ?? 0);
          expect(made.requests).toBeLessThanOrEqual(perTry * (made.tries + PROJECTS));
          return () => Promise.resolve(fault?.remove());
        },
      ).finally(() => fault?.remove());
    },
    400_000,
  );

  test('the processor: nobody asks AYON or ftrack anything, and the next one applies all in order', async () => {
    const asked = (): number => testbed.ayon.calls.count() + testbed.ftrack.calls.count();
    let before = 0;
    await survive(
      async () => {
        await processor.kill();
        before = asked();
      },
      async () => {
        const [busy = ''] = names();
        const last = [...projectOf].filter(([, name]) => name === busy).at(-1)?.[0] ?? '';
        await eventually(
          'Temporal to hold the events',
          async () => (await story.standing(last)) === 'running queued',
          LIMIT_MS,
        );
        expect(asked()).toBe(before);
        return async () => {
          processor = await testbed.startProcessor();
        };
      },
    );
  }, 400_000);

  test('Temporal, which takes each request and refuses it: one event asks, however many wait in the spool', async () => {
    await survive(
      () => testbed.killTemporal(),
      async () => {
        const spool = async () =>
          (await leecher.readiness())['spool'] as Readonly<Record<'events' | 'bytes' | 'inMemory', number>>;
        const waiting = BACKLOG + PROJECTS - 1;
        await eventually(
          'the spool to hold the events',
          async () => {
            const { events, inMemory } = await spool();
            return events >= waiting && inMemory === 0;
          },
          LIMIT_MS,
        );
        const held = await spool();
        const sick = await startSickTemporal(testbed.temporal.port);
        const memory = await leecher.memory();
        const started = (): number => sick.requests['StartWorkflowExecution'] ?? 0;
        // What was under way when Temporal died is tried again by gRPC for ten seconds.
        const from = { at: performance.now(), started: 0, lines: 0 };
        await eventually(
          'one request after the other',
          async () => {
            sick.reset();
            Object.assign(from, { at: performance.now(), started: started(), lines: lines() });
            await eventually('more than one try', () => started() > from.started + ASKED_AGAIN, LIMIT_MS);
            if (sick.busiest > 1) {
              throw new Error(`${sick.busiest} requests at once`);
            }
            return true;
          },
          LIMIT_MS,
        );

        const seconds = (performance.now() - from.at) / 1000;
        const made = started() - from.started;
        const grown = ((await leecher.memory()) - memory) / 1e6;
        print(
          `${made} requests to start an event in ${seconds.toFixed(0)} s, ${waiting} wait; all requests: ${JSON.stringify(sick.requests)}; ${lines() - from.lines} lines of log; memory ${grown.toFixed(1)} MB more`,
        );
        expect(lines() - from.lines).toBeLessThan(20);
        expect(grown).toBeLessThan(50);
        expect(await spool()).toMatchObject({ events: held.events, bytes: held.bytes });
        await sick.close();
        return () => testbed.restartTemporal();
      },
    );
  }, 400_000);
});

/** No step here takes time, so that its heartbeat may be short. */
const ENROL_SCALE = 200;
/** Requests that gRPC makes of one at most. */
const ASKED_AGAIN = 10;

test('L, O: events that wait for days behind one that fails enrol ever more rarely, and are applied in order', async () => {
  const core = await startCore({ timeScale: ENROL_SCALE });
  try {
    const enrolled = new Map<string, number>();
    await core.wrapQueueActivities((real) => ({
      enrol: (input) => {
        const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: '' };
        enrolled.set(workflowId, (enrolled.get(workflowId) ?? 0) + 1);
        return real.enrol(input);
      },
    }));
    const project = newProject();
    const [first, ...others] = Array.from({ length: 100 }, () => core.event());
    let isAway = true;
    core.on(first?.id ?? '', () => {
      if (isAway) {
        throw failure('ayon-unreachable', 'AYON is away');
      }
    });
    const from = performance.now();
    await core.deliver(project, ...(first === undefined ? [] : [first]), ...others);

    const ids = others.map((event) => core.handle(event).workflowId);
    await eventually('each to enrol twice', () => ids.every((id) => (enrolled.get(id) ?? 0) >= 2), LIMIT_MS);
    const elapsed = performance.now() - from;
    const { startDelay, enrolAgain, outageMax: largest } = timings(ENROL_SCALE);
    // Earliest times of the first, the second, … enrolment.
    const due = [0, 1, 2, 3, 4, 5, 6].map(
      (n) => startDelay * (1 - START_DELAY_JITTER) + enrolAgain * (2 ** n - 1),
    );
    const most = due.filter((at) => at <= elapsed).length;
    const tried = core.executions.length;
    print(
      `${tried} tries and ${sum([...enrolled.values()])} enrolments of ${ids.length} events in ${elapsed.toFixed(0)} ms, which stand for ${((elapsed * ENROL_SCALE) / 60_000).toFixed(0)} minutes`,
    );
    expect(Math.max(...enrolled.values())).toBeLessThanOrEqual(most);
    expect(tried).toBeLessThanOrEqual(elapsed / largest + CLIMB);

    isAway = false;
    for (const event of others) {
      await core.untilStanding(event, 'completed applied', LIMIT_MS);
    }
    const order = core.executions.slice(tried).map(({ event }) => event);
    expect([...new Set(order)].filter((id) => id !== first?.id)).toEqual(others.map(({ id }) => id));
    expect(core.breaches()).toEqual([]);
  } finally {
    await core.close();
  }
}, 400_000);
