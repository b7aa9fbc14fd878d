import type { DevServer } from '../../src/clients/temporal/server';
import { freePort } from '../../src/clients/temporal/server';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { privateTemporal } from '../support/temporal';
import { FEATURE, SPOT, Story } from './support/story';

/** What the services say and do when they cannot start, and when they are told to end. */
let testbed: Testbed;
let story: Story;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 10 });
  story = new Story(testbed);
}, 60_000);

afterAll(() => testbed.close(), 30_000);

const COMMANDS = ['leech', 'process'] as const;
/** ASH sends SIGTERM and kills after 10 s; 8 s is what we promise. */
const STOP_MS = 8_000;

const said = (service: Service): string => service.said.join('\n');

describe('without Temporal', () => {
  test.each(COMMANDS)(
    '%s needs an address: exit code 2 and one sentence',
    async (command) => {
      const service = testbed.launch(command, { TEMPORAL_ADDRESS: '' });

      expect(await service.exit).toBe(2);
      expect(service.complaints).toBe(
        'Temporal\'s address is not known; set TEMPORAL_ADDRESS, or temporal.address in the settings of the AYON addon "ftrack".',
      );
    },
    30_000,
  );

  test.each(COMMANDS)(
    '%s refuses what is no address: exit code 2 and one sentence',
    async (command) => {
      const service = testbed.launch(command, { TEMPORAL_ADDRESS: 'http://temporal:7233/x' });

      expect(await service.exit).toBe(2);
      expect(service.complaints).toMatch(
        /^TEMPORAL_ADDRESS is "http:\/\/temporal:7233\/x", which is not host:port; .*\.$/,
      );
    },
    30_000,
  );

  test('both say that nobody answers there, keep trying, and work once it is there', async () => {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const services = COMMANDS.map((command) => testbed.launch(command, { TEMPORAL_ADDRESS: address }));
    let late: DevServer | undefined;
    try {
      const sentence = `Temporal does not answer at ${address}; check TEMPORAL_ADDRESS and that the server runs.`;
      for (const service of services) {
        // Once: what stays wrong is told again in an hour.
        await eventually('a line in its log', () => said(service).includes(sentence), 30_000);
        await eventually('the reason at /readyz', async () => {
          const detail = await service.readiness();
          return !detail.ready && JSON.stringify(detail).includes('Temporal');
        });
        expect(service.isRunning).toBe(true);
      }

      late = await privateTemporal({ port });
      await Promise.all(services.map((service) => service.ready()));
      expect(services.map((service) => service.isRunning)).toEqual([true, true]);
    } finally {
      await Promise.all(services.map((service) => service.kill()));
      await late?.stop();
    }
  }, 90_000);

  test('both end at once, with 0, when they are told to while they wait for it', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const services = COMMANDS.map((command) =>
      testbed.launch(command, { TEMPORAL_ADDRESS: address, SPOOL_DIR: `${testbed.folder}/other-spool` }),
    );
    await Promise.all(
      services.map((service) => eventually('a first try', () => said(service).includes('does not answer'))),
    );

    const from = Date.now();
    expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0]);
    expect(Date.now() - from).toBeLessThan(STOP_MS);
  }, 60_000);
});

describe('SIGTERM while busy', () => {
  const edit = (text: string): void => {
    for (const id of [...story.tasks(FEATURE), ...story.tasks(SPOT)]) {
      story.bob.update(id, { description: text });
    }
  };

  let processor: Service;

  test('leecher and processor end with 0 within 8 s, and what was under way is applied by the next ones', async () => {
    const leecher = await testbed.startLeecher();
    processor = await testbed.startProcessor();
    const slow = testbed.ayon.faults.add({
      match: { path: /\/operations$/ },
      times: Number.POSITIVE_INFINITY,
      effect: { delayMs: 1_500 },
    });
    edit('busy');
    const last = story.events.at(-1) ?? '';
    await eventually('the last event to be handed over', () => story.standing(last));
    await slow.waitForHit();

    const from = Date.now();
    const codes = await Promise.all([leecher.stop(), processor.stop()]);
    expect([codes, Date.now() - from < STOP_MS]).toEqual([[0, 0], true]);

    slow.remove();
    await testbed.startLeecher();
    processor = await testbed.startProcessor();
    await story.untilClosed();
    expect(testbed.drift()).toEqual([]);
  }, 120_000);

  test('a processor whose write does not end leaves it behind, names it, and is gone within 8 s', async () => {
    let release = (): void => undefined;
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const write = testbed.ayon.faults.add({
      match: { path: /\/operations$/ },
      times: Number.POSITIVE_INFINITY,
      effect: { hold },
    });
    edit('held');
    await write.waitForHit();
    await eventually('its activity', async () => Number((await processor.readiness())['activities']) > 0);

    const from = Date.now();
    const code = await processor.stop();
    expect([code, Date.now() - from < STOP_MS + 500]).toEqual([1, true]);
    expect(JSON.stringify(processor.log.at(-1))).toContain('syncEntities');

    write.remove();
    release();
    await testbed.startProcessor();
    await story.untilClosed();
    expect(testbed.drift()).toEqual([]);
  }, 120_000);
});
