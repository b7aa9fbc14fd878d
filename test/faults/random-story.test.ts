import { setTimeout as pause } from 'node:timers/promises';
import { startTestbed } from '../../testbed';
import { Editor, pick, randomFrom } from './support/edits';
import { Story } from './support/story';
import { Troubles } from './support/troubles';

/** The long tier: `npm run test:faults -- --seeds N` plays N stories, `npm test` one. */
const SEEDS = Array.from({ length: Number(process.env['FAULT_SEEDS'] ?? 1) }, (_, index) => index + 1);
const ROUNDS = 5;
const EDITS = 6;

test.each(SEEDS)(
  'L, C, O: random edits of two projects under random troubles, seed %d: at the end both sides agree',
  async (seed) => {
    const random = randomFrom(seed);
    const testbed = await startTestbed({ durable: true, timeScale: 10 });
    const log: string[] = [`seed ${seed}`];
    try {
      const story = new Story(testbed);
      const editors = testbed.studio.projects.map((project) => new Editor(project, random));
      const troubles = new Troubles(testbed, random);
      await troubles.startAll();
      for (let round = 0; round < ROUNDS; round += 1) {
        const [name, start] = troubles.next();
        log.push(name);
        const edit = (): void => {
          for (let count = 0; count < EDITS; count += 1) {
            log.push(`  ${pick(editors, random).edit(story.bob)}`);
          }
        };
        edit();
        const end = await start();
        edit();
        await pause(random() * 1_000);
        await end();
      }

      await story.untilQuiet(150_000);
      expect(goneBack(story)).toEqual([]);
      expect(await testbed.outcomes()).not.toHaveProperty('parked');
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`${message}\n${log.join('\n')}`, { cause: error });
    } finally {
      await testbed.close();
    }
  },
  300_000,
);

/** Tasks whose description in AYON was ever followed by an older one. */
function goneBack(story: Story): string[] {
  const latest = new Map<string, number>();
  const back: string[] = [];
  for (const { summary, payload } of story.ayonEvents(/^entity\.task\.attrib_changed$/)) {
    const text = /"text (\d+)"/.exec(JSON.stringify(payload['newValue'] ?? null));
    const id = JSON.stringify(summary['entityId']);
    if (text !== null) {
      const number = Number(text[1]);
      if (number < (latest.get(id) ?? 0)) {
        back.push(`${id}: ${number} after ${latest.get(id)}`);
      }
      latest.set(id, number);
    }
  }
  return back;
}
