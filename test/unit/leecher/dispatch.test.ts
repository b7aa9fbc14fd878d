import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { until } from '../../support/until';
import type { Rig } from './dispatch-rig';
import { ids, startRig } from './dispatch-rig';
import { gate } from './memory-temporal';

describe('handing events to Temporal', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('starts events, then sends their tickets in arrival order, in batches of what came meanwhile', async () => {
    rig = await startRig();
    const { opened, open } = gate();
    rig.temporal.before = () => opened;
    rig.offer(['first']);
    await Promise.resolve();
    rig.offer(ids('e', 250));
    open();

    await until(() => rig.temporal.heard('p1').length === 251);

    expect(rig.temporal.heard('p1')).toEqual(['first', ...ids('e', 250)]);
    expect(rig.temporal.signals.map(({ tickets }) => tickets.length)).toEqual([1, 100, 100, 50]);
    const keys = rig.temporal.signals.flatMap(({ tickets }) => tickets.map(({ key }) => key));
    expect(keys).toEqual(keys.toSorted((one, other) => one - other));
    expect(rig.dispatcher.state()).toMatchObject({ mode: 'direct', inMemory: 0, lastFailure: undefined });
    expect(rig.counters.totals()).toEqual({ 'leecher_events/started': 251, 'leecher_tickets/sent': 251 });
  });

  it('does not let one project wait for another', async () => {
    rig = await startRig();
    const { opened, open } = gate();
    rig.temporal.before = (_what, project) => (project === 'slow' ? opened : undefined);
    rig.offer(['s1'], 'slow');
    rig.offer(['q1', 'q2'], 'quick');

    await until(() => rig.temporal.heard('quick').length === 2);

    expect(rig.temporal.heard('slow')).toEqual([]);
    open();
    await until(() => rig.temporal.heard('slow').length === 1);
  });

  it('asks by one event at a time whether Temporal is back, however many wait', async () => {
    rig = await startRig();
    rig.temporal.down = true;
    rig.offer(ids('e', 300), 'p1');
    rig.offer(ids('f', 300), 'p2');
    await until(() => rig.spool.state().events === 600);
    await until(() => rig.temporal.busy === 0);
    rig.temporal.busiest = 0;
    const asked = rig.temporal.asked;

    await until(() => rig.temporal.asked >= asked + 8);

    expect(rig.temporal.busiest).toBe(1);
    rig.temporal.down = false;
    await until(() => rig.dispatcher.state().mode === 'direct');
    expect(rig.temporal.heard('p1')).toEqual(ids('e', 300));
    expect(rig.temporal.heard('p2')).toEqual(ids('f', 300));
  });

  it('sends the ticket of a run that another leecher started, and none for a closed one', async () => {
    rig = await startRig();
    rig.temporal.open.set('ftrack-event/other', 'run-of-other');
    rig.temporal.closed.add('ftrack-event/over');
    rig.offer(['over', 'other']);

    await until(() => rig.temporal.signals.length === 1);

    expect(rig.temporal.signals[0]?.tickets).toEqual([
      { id: 'ftrack-event/other', run: 'run-of-other', key: expect.any(Number) },
    ]);
    expect(rig.counters.totals()).toMatchObject({ 'leecher_events/closed': 1, 'leecher_events/started': 1 });
  });

  it('passes over a queue that takes no more signals, and counts it', async () => {
    rig = await startRig();
    rig.temporal.full = true;
    rig.offer(['a', 'b']);

    await until(() => rig.counters.totals()['leecher_tickets/refused'] === 2);

    expect(rig.dispatcher.state()).toMatchObject({ mode: 'direct', inMemory: 0 });
    expect(rig.temporal.open.size).toBe(2);
  });

  it('sets an event aside that Temporal will never take; the others go on', async () => {
    rig = await startRig();
    rig.temporal.rejects.add('ftrack-event/bad');
    rig.offer(['a', 'bad', 'b']);

    await until(() => rig.temporal.heard('p1').length === 2);

    expect(rig.counters.totals()).toMatchObject({ 'leecher_events/rejected': 1 });
    expect(await readFile(join(rig.dir, 'rejected.corrupt'), 'utf8')).toContain('"ftrack-event/bad"');
  });

  it('does not let a project whose queue cannot be told hold up the others: its events enrol themselves', async () => {
    rig = await startRig();
    rig.temporal.before = (what, project) => {
      if (what === 'enqueue' && project === 'broken') {
        throw new Error('13 INTERNAL: cannot load the queue');
      }
    };
    rig.offer(ids('b', 3), 'broken');
    await until(() => rig.dispatcher.state().mode === 'spooling');
    rig.offer(ids('s', 3), 'sound');
    await until(() => rig.temporal.heard('sound').length === 3 && rig.dispatcher.state().mode === 'direct');

    expect(rig.temporal.open.size).toBe(6);
    expect(rig.counters.totals()).toMatchObject({ 'leecher_tickets/refused': 3 });
    expect(rig.spool.state().events).toBe(0);
  });

  it('keeps events in the spool while Temporal is down, and hands them over in order before newer ones', async () => {
    rig = await startRig();
    rig.temporal.down = true;
    rig.offer(ids('a', 120));
    await until(() => rig.spool.state().events === 120 && rig.spool.state().inMemory === 0);
    rig.offer(ids('b', 700));
    rig.offer(ids('c', 5), 'p2');
    expect(rig.dispatcher.state()).toMatchObject({ mode: 'spooling', inMemory: 0 });
    await until(() => rig.dispatcher.state().lastFailure !== undefined);

    rig.temporal.down = false;
    await until(() => rig.dispatcher.state().mode === 'direct');
    rig.offer(['new']);
    await until(() => rig.temporal.heard('p1').length === 821);

    expect(rig.temporal.heard('p1')).toEqual([...ids('a', 120), ...ids('b', 700), 'new']);
    expect(rig.temporal.heard('p2')).toEqual(ids('c', 5));
    expect(rig.temporal.overlaps).toBe(0);
    expect(rig.spool.state()).toMatchObject({ events: 0, bytes: 0 });
  });

  it('puts a request that does not end, and all behind it, on the disk, and never overlaps it', async () => {
    rig = await startRig({ patience: 20 });
    const { opened, open } = gate();
    rig.temporal.before = (what) => (what === 'enqueue' ? opened : undefined);
    rig.offer(['a', 'b']);
    await until(() => rig.spool.state().events === 2 && rig.spool.state().inMemory === 0);
    rig.offer(['c']);
    await until(() => rig.spool.state().inMemory === 0);
    expect(rig.temporal.starts).toBe(1);

    open();
    await until(() => rig.temporal.heard('p1').length === 3);

    expect(rig.temporal.heard('p1')).toEqual(['a', 'b', 'c']);
    expect(rig.temporal.overlaps).toBe(0);
    expect(rig.temporal.open.size).toBe(3);
  });

  it('holds no more events in memory than it may', async () => {
    rig = await startRig({ memory: 10 });
    const { opened, open } = gate();
    rig.temporal.before = () => opened;
    rig.offer(ids('e', 10));
    expect(rig.dispatcher.state()).toMatchObject({ mode: 'direct', inMemory: 10 });

    rig.offer(['last']);

    expect(rig.dispatcher.state()).toMatchObject({ mode: 'spooling', inMemory: 0 });
    open();
    await until(() => rig.temporal.heard('p1').length === 10 || rig.spool.state().events === 0);
  });

  it('keeps what memory holds, and hands it over, while the disk has no room', async () => {
    rig = await startRig({ spoolMemory: 3 });
    await rm(rig.dir, { recursive: true });
    await writeFile(rig.dir, 'a file in the way');
    rig.temporal.down = true;
    rig.offer(ids('a', 3));
    await until(() => rig.spool.state().problem !== undefined);

    rig.offer(['b', 'c']);

    expect(rig.counters.totals()).toMatchObject({ 'leecher_events/spooled': 3 });
    rig.temporal.down = false;
    await until(() => rig.temporal.heard('p1').length === 3);
    expect(rig.temporal.heard('p1')).toEqual(ids('a', 3));
  });

  it('writes what memory holds to a disk that works again, also while Temporal stays away', async () => {
    rig = await startRig({ spoolMemory: 10 });
    await rm(rig.dir, { recursive: true });
    await writeFile(rig.dir, 'a file in the way');
    rig.temporal.down = true;
    rig.offer(ids('a', 3));
    await until(() => rig.spool.state().problem !== undefined);
    const { asked } = rig.temporal;
    await until(() => rig.temporal.asked > asked + 2);

    await rm(rig.dir);
    await until(() => rig.spool.state().inMemory === 0);
    rig.offer(ids('b', 12));
    await until(() => rig.spool.state().inMemory === 0);

    expect(rig.spool.state()).toMatchObject({ events: 15, problem: undefined });
    rig.temporal.down = false;
    await until(() => rig.dispatcher.state().mode === 'direct');
    expect(rig.temporal.heard('p1')).toEqual([...ids('a', 3), ...ids('b', 12)]);
  });

  it('refuses nothing of a burst while the disk works', async () => {
    rig = await startRig({ memory: 100, spoolMemory: 100 });
    const { opened, open } = gate();
    rig.temporal.before = () => opened;

    rig.offer(ids('e', 350));

    expect(rig.spool.state().events).toBe(350);
    open();
    await until(() => rig.dispatcher.state().mode === 'direct');
    expect(rig.temporal.heard('p1')).toEqual(ids('e', 350));
  });

  it('hands over what lies in a spool that could be opened only later', async () => {
    const first = await startRig();
    first.temporal.down = true;
    first.offer(ids('a', 3));
    await until(() => first.spool.state().inMemory === 0 && first.spool.state().events === 3);
    await first.dispatcher.stop(0);
    await first.spool.close();
    await rename(first.dir, `${first.dir}-away`);
    await writeFile(first.dir, 'not mounted yet');
    rig = await startRig({ dir: first.dir });
    rig.offer(['new']);
    await until(() => rig.temporal.heard('p1').length === 1);

    await rm(first.dir);
    await rename(`${first.dir}-away`, first.dir);
    await until(() => rig.temporal.heard('p1').length === 4);

    expect(rig.temporal.heard('p1')).toEqual(['new', ...ids('a', 3)]);
    await until(() => rig.dispatcher.state().mode === 'direct');
  });

  it('leaves what it cannot finish in the spool when it stops, and starts with that', async () => {
    rig = await startRig();
    rig.temporal.before = () => new Promise<void>(() => undefined);
    rig.offer(ids('a', 150));
    await rig.dispatcher.stop(20);
    await rig.spool.close();

    const { dir } = rig;
    rig = await startRig({ dir });
    rig.offer(['new']);
    await until(() => rig.temporal.heard('p1').length === 151);

    expect(rig.temporal.heard('p1')).toEqual([...ids('a', 150), 'new']);
  });

  it('writes what was in memory to the spool in arrival order, whatever the project', async () => {
    rig = await startRig();
    rig.temporal.before = () => new Promise<void>(() => undefined);
    for (const name of ids('a', 6)) {
      rig.offer([name], name > 'a2' ? 'p1' : 'p2');
      rig.offer([`${name}x`], name > 'a2' ? 'p2' : 'p1');
    }
    await rig.dispatcher.stop(1);

    const { items } = await rig.spool.take(100);

    const keys = items.map(({ input }) => input.key);
    expect(keys).toHaveLength(12);
    expect(keys).toEqual(keys.toSorted((one, other) => one - other));
  });

  it('finishes what is under way when it stops', async () => {
    rig = await startRig();
    rig.offer(ids('a', 250));

    await rig.dispatcher.stop(5_000);

    expect(rig.temporal.heard('p1')).toHaveLength(250);
    expect(rig.spool.state().events).toBe(0);
  });
});

describe('handing events to an unreliable Temporal', () => {
  it('loses nothing and keeps each project in order, whatever fails in between', async () => {
    const step = fc.record({
      project: fc.constantFrom('p1', 'p2', 'p3'),
      count: fc.integer({ min: 1, max: 40 }),
      pause: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.infiniteStream(fc.nat(9)),
        async (steps, luck) => {
          const rig = await startRig({ memory: 60 });
          const expected = new Map<string, string[]>();
          try {
            rig.temporal.before = async () => {
              const { value } = luck.next();
              if (value < 3) {
                await new Promise(setImmediate);
              }
              if (value === 0) {
                throw new Error('14 UNAVAILABLE');
              }
            };
            for (const [index, { project, count, pause }] of steps.entries()) {
              const names = ids(`${index}-`, count);
              rig.offer(names, project);
              expected.set(project, [...(expected.get(project) ?? []), ...names]);
              if (pause) {
                await new Promise(setImmediate);
              }
            }
            rig.temporal.before = () => undefined;
            await until(() =>
              [...expected].every(([project, list]) => rig.temporal.heard(project).length === list.length),
            );

            for (const [project, list] of expected) {
              expect(rig.temporal.heard(project)).toEqual(list);
            }
            expect(rig.temporal.overlaps).toBe(0);
          } finally {
            await rig.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
