import type { Group } from '../check';
import { ID, matching, pickText } from '../pattern';
import type { Question, Site } from '../site';
import { get, newId, patch, post, remove } from '../site';
import { prepare } from './tree';

/** Events of topics of their own, which no other integration reads. */
interface Queue {
  readonly source: string;
  readonly target: string;
  /** Events in the order in which they were sent. */
  readonly sent: readonly string[];
}

async function queue(site: Site, senderTypes: readonly string[]): Promise<Queue> {
  const name = `contract.${site.project}.q${newId().slice(0, 6)}`;
  const [source, target] = [`${name}.src`, `${name}.dst`];
  const sent: string[] = [];
  for (const senderType of senderTypes) {
    const event = { topic: source, hash: newId(), project: site.project };
    const question = { ...post('/api/events', event), headers: { 'x-sender-type': senderType } };
    sent.push(pickText(await prepare(site, question, { status: 200, body: { id: ID } }), 'id'));
  }
  return { source, target, sent };
}

const enroll = ({ source, target }: Queue, sender: string, more: object = {}): Question =>
  post('/api/enroll', {
    sourceTopic: source,
    targetTopic: target,
    sender,
    sequential: true,
    ignoreOlderThan: 0,
    ...more,
  });

const job = (dependsOn: string | undefined) => ({
  status: 200,
  body: {
    id: ID,
    dependsOn: dependsOn ?? '',
    status: 'pending',
    hash: matching(/^[0-9a-f]{64}$/, 'a hash of 64 hex digits'),
  },
});
const NOTHING = { status: 204, body: null };

/** Jobs and events of ours leave the server's history as it was; a failure here is nobody's concern. */
async function forget(site: Site, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await site.send(remove(`/api/events/${id}`));
  }
}

export const enrolling: Group = {
  name: 'enroll',
  title: 'jobs by enroll, which the Python services of a studio that switches back use',
  checks: [
    {
      name: 'hands out jobs in order, again to the same sender, not to another one',
      why: 'A service that was restarted goes on where it stopped, and no two do the same.',
      run: async (site) => {
        const work = await queue(site, ['api', 'api']);
        const first = pickText(await site.ask(enroll(work, 'one'), job(work.sent[0])), 'id');
        await site.ask(enroll(work, 'one'), { status: 200, body: { ...job(work.sent[0]).body, id: first } });
        await site.ask(enroll(work, 'two'), NOTHING);
        await site.ask(patch(`/api/events/${first}`, { status: 'finished' }), { status: 204 });
        const second = pickText(await site.ask(enroll(work, 'one'), job(work.sent[1])), 'id');
        await site.ask(patch(`/api/events/${second}`, { status: 'finished' }), { status: 204 });
        await site.ask(enroll(work, 'one'), NOTHING);
        await forget(site, first, second, ...work.sent);
      },
    },
    {
      name: 'hands out a failed job again and counts its tries',
      why: 'What failed is tried again.',
      run: async (site) => {
        const work = await queue(site, ['api']);
        const id = pickText(await site.ask(enroll(work, 'one'), job(work.sent[0])), 'id');
        await site.ask(patch(`/api/events/${id}`, { status: 'failed', description: 'no' }), { status: 204 });
        await site.ask(enroll(work, 'one'), { status: 200, body: { ...job(work.sent[0]).body, id } });
        await site.ask(get(`/api/events/${id}`), {
          status: 200,
          body: { retries: 1, status: 'pending', sender: 'one', dependsOn: work.sent[0] ?? '' },
        });
        await forget(site, id, ...work.sent);
      },
    },
    {
      name: 'leaves out events by their sender type',
      why: 'It is how an integration does not hear itself.',
      run: async (site) => {
        const work = await queue(site, ['ftrack', 'api']);
        const question = enroll(work, 'one', { ignoreSenderTypes: ['ftrack'] });
        const id = pickText(await site.ask(question, job(work.sent[1])), 'id');
        await forget(site, id, ...work.sent);
      },
    },
  ],
};
