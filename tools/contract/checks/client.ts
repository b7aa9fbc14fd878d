import { createAyonClient } from '../../../src/clients/ayon/client';
import { AyonHttp } from '../../../src/clients/ayon/http';
import type { Check, Group } from '../check';
import { ID, TEXT } from '../pattern';
import type { Asker, ClientQuestion } from '../questions';
import { QUESTIONS } from '../questions';
import type { Site } from '../site';
import { Differs, NoAnswer, newId, OWN } from '../site';
import { create, destroy, done, folder, freshName, plant, update } from './tree';

/** Our own client for the server of a run. */
export function askerOf(site: Site, server = site.server): Asker {
  const options = { serverUrl: server, apiKey: site.key, sender: 'contract', retry: { tries: 1 } };
  return {
    client: createAyonClient({ ...options, addon: { name: 'ftrack', version: '0.0.0' } }),
    http: new AyonHttp(options),
    project: site.project,
    signal: site.signal,
  };
}

/** What the client cannot understand is a difference; that nobody answers is none. */
async function understood<Value>(site: Site, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    site.signal.throwIfAborted();
    const type: unknown = error instanceof Error ? Reflect.get(error, 'type') : undefined;
    if (typeof type !== 'string') {
      throw error;
    }
    const found = site.redact(error instanceof Error ? error.message : type);
    throw type === 'ayon-unreachable'
      ? new NoAnswer(found)
      : new Differs([{ at: 'client', expected: 'an answer that our client understands', found }]);
  }
}

const asked = ({ what, ask }: ClientQuestion): Check => ({
  name: `understands the question for ${what}`,
  why: 'It is the very query of our client, and the client reads the answer.',
  run: (site) => understood(site, () => ask(askerOf(site))),
});

const works: readonly Check[] = [
  {
    name: 'gives our client what it has written',
    why: 'The whole way: a plan is sent in batches, then read by GraphQL.',
    run: async (site) => {
      const { client, project, signal } = askerOf(site);
      const [parent, task, name] = [newId(), newId(), freshName()];
      const operations = [
        folder(parent, name, { label: 'Über', attrib: { fps: 12 } }),
        create('task', task, { name: 'comp', taskType: OWN, folderId: parent }),
      ];
      const results = await understood(site, () => client.operations(project, operations as never, signal));
      site.expect('results', results, [{ success: true }, { success: true }]);
      const query = { folderIds: [parent], taskIds: [task] };
      const nodes = await understood(site, () => client.entities(project, query, signal));
      const folderNode = {
        kind: 'folder',
        id: parent,
        name,
        label: 'Über',
        path: `/${name}`,
        parentId: null,
      };
      site.expect('nodes', nodes, [
        { ...folderNode, active: true, attrib: { fps: 12 }, hasVersions: false },
        { kind: 'task', id: task, parentId: parent, path: `/${name}/comp`, attrib: { fps: 12 } },
      ]);
      const own = await understood(site, () =>
        client.ownAttributes(
          project,
          [
            { id: parent, kind: 'folder' },
            { id: task, kind: 'task' },
          ],
          signal,
        ),
      );
      site.expect('own attributes', Object.fromEntries(own), { [parent]: ['fps'], [task]: [] });
    },
  },
  {
    name: 'counts as done for our client what was done before',
    why: 'An activity that is repeated after a crash sends the same operations again.',
    run: async (site) => {
      const { client, project, signal } = askerOf(site);
      const id = newId();
      const twice = (operations: readonly unknown[]) =>
        understood(site, () => client.operations(project, operations as never, signal));
      const made = [folder(id, freshName())];
      await twice(made);
      site.expect('created again', await twice(made), [{ success: false, errorCode: 'exists' }]);
      await twice([destroy('folder', id)]);
      site.expect('deleted again', await twice([destroy('folder', id)]), [{ success: true }]);
    },
  },
  {
    name: 'takes lists of a project and comments from our client',
    why: 'Statuses and types are added to a project; a note whose author AYON lacks is written as the service user.',
    run: async (site) => {
      const { client, project, signal } = askerOf(site);
      const { task } = await plant(site);
      const { taskTypes } = (await understood(site, () => client.project(project, signal))) ?? {
        taskTypes: [],
      };
      const longer = [...taskTypes, { name: freshName() }];
      await understood(site, () => client.patchProject(project, { taskTypes: longer }, signal));
      const told = await understood(site, () => client.project(project, signal));
      site.expect(
        'task types',
        told?.taskTypes,
        longer.map(({ name }) => ({ name })),
      );
      const comment = {
        entityType: 'task',
        entityId: task,
        body: 'a note',
        author: 'nobody.of_this_name',
      } as const;
      const written = await understood(site, () => client.comment(project, comment, signal));
      site.expect('comment', written, { id: ID, note: TEXT });
    },
  },
  {
    name: 'gives our event reader what others change, once, and lets it know our own writes',
    why: 'A change that the reader steps over is lost; one of ours that it hands on would go round in circles.',
    run: async (site) => {
      const { client, project, signal } = askerOf(site);
      const { shot } = await plant(site);
      const reader = client.events({ topics: ['entity.folder.*'] });
      const head = await understood(site, () => reader.readHead(signal));
      const write = (data: object, headers: Record<string, string>) =>
        site.ask(
          { ...site.operations([update('folder', shot, { ...data })], { waitForEvents: true }), headers },
          done(204),
        );
      const person = { 'x-sender': newId(), 'x-sender-type': 'api' };
      await write({ status: OWN, tags: ['contract'] }, person);
      await write({ label: 'ours' }, {});
      const read = await understood(site, () => toList(reader.read(head, signal)));
      const topics = read
        .flatMap(({ events }) => events)
        .filter((event) => event.project === project && event.entityId === shot)
        .map(({ topic }) => topic.replace('entity.folder.', ''));
      site.expect('topics', topics.toSorted(), ['status_changed', 'tags_changed']);
    },
  },
  {
    name: 'gives our client its project, attributes, version and name',
    why: 'Services ask for them when they start.',
    run: async (site) => {
      const { client, project, signal } = askerOf(site);
      await understood(site, async () => {
        await client.version(signal);
        await client.me(signal);
        await client.attributes(signal);
        const told = await client.project(project.toUpperCase(), signal);
        site.expect('project', told, { name: project });
        site.expect('unknown project', (await client.project(`${project}_nope`, signal)) ?? null, null);
      });
    },
  },
];

async function toList<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) {
    list.push(item);
  }
  return list;
}

export const clientGroup: Group = {
  name: 'client',
  title: 'every query of our own client, read by it',
  // In this order, so that there is something to be asked for.
  checks: [...works, ...QUESTIONS.map(asked)],
};
