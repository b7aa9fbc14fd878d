import type { Check, Group } from '../check';
import { refusal } from '../check';
import type { Pattern } from '../pattern';
import { ABSENT, having, ID, jsonText, LIST, OBJECT, pick, pickList, pickText, TEXT, TIME } from '../pattern';
import type { Site } from '../site';
import { get, newId, OWN, post, query, remove, SENDER } from '../site';
import { destroy, done, folder, freshName, plant, publish, update } from './tree';

const WAIT = { waitForEvents: true };
const FIELDS = 'id topic project user sender createdAt description summary payload';

const events = (site: Site, args: Readonly<Record<string, unknown>>) =>
  query(
    `query($projects: [String!], $topics: [String!], $first: Int, $after: String){
      events(projects: $projects, topics: $topics, first: $first, after: $after){
        pageInfo{hasNextPage endCursor} edges{cursor node{${FIELDS}}}}}`,
    { projects: [site.project], topics: null, first: 1000, after: null, ...args },
  );

const found = (edges: Pattern, pageInfo: Pattern = OBJECT) => ({
  status: 200,
  body: { errors: ABSENT, data: { events: { pageInfo, edges } } },
});

const about = (entityId: string, more: Readonly<Record<string, Pattern>> = {}): Pattern => ({
  cursor: TEXT,
  node: { id: ID, createdAt: TIME, summary: jsonText({ entityId, ...more }) },
});

interface Edge {
  readonly cursor: string;
  readonly node: { readonly id: string; readonly summary: string };
}

const edgesOf = (body: unknown): readonly Edge[] =>
  pickList(body, 'data', 'events', 'edges') as readonly Edge[];
const entityOf = ({ node }: Edge): unknown => pick(JSON.parse(node.summary), 'entityId');

/** The events of a topic for an entity, with their payload. */
async function eventsOf(site: Site, topic: string, entityId: string): Promise<unknown[]> {
  const body = await site.eventually(events(site, { topics: [topic] }), found(having(about(entityId))));
  const ids = edgesOf(body)
    .filter((edge) => entityOf(edge) === entityId)
    .map(({ node }) => node.id);
  return Promise.all(
    ids.map((id) => site.ask(get(`/api/events/${id}`), { status: 200, body: { id, topic } })),
  );
}

/** Entities of the events behind a cursor, read page by page. Others may lie between: AYON stores events side by side. */
async function readOn(site: Site, topics: readonly string[], from: string): Promise<unknown[]> {
  const read: unknown[] = [];
  for (let after: string | null = from; after !== null; ) {
    const body: unknown = await site.ask(events(site, { topics, after, first: 2 }), found(LIST));
    read.push(...edgesOf(body).map(entityOf));
    const page: unknown = pick(body, 'data', 'events', 'pageInfo');
    const next = pick(page, 'hasNextPage') === true ? pickText(page, 'endCursor') : null;
    site.expect('the cursor moves on', next !== '' && next !== after, true);
    after = next;
  }
  return read;
}

async function hasEvents(site: Site, at: { topic: string; entityId: string }, wanted: readonly Pattern[]) {
  const { topic, entityId } = at;
  const told = await eventsOf(site, topic, entityId);
  site.expect(`${topic} events`, told, wanted);
}

const dispatching: readonly Check[] = [
  {
    name: 'stores an event that we send, and tells it whole',
    why: 'Addons that stand beside ours talk by such events.',
    run: async (site) => {
      const topic = `contract.${site.project}.told`;
      const event = {
        topic,
        sender: SENDER['x-sender'],
        hash: newId(),
        project: site.project,
        description: 'one',
        summary: { a: 1 },
        payload: { b: [2] },
      };
      const id = pickText(
        await site.ask(post('/api/events', event), { status: 200, body: { id: ID } }),
        'id',
      );
      const body = {
        ...event,
        id,
        senderType: 'ftrack',
        status: 'finished',
        retries: 0,
        dependsOn: null,
        createdAt: TIME,
      };
      await site.ask(get(`/api/events/${id}`), { status: 200, body });
      await site.ask(remove(`/api/events/${id}`), { status: 204 });
      await site.ask(get(`/api/events/${id}`), refusal(404));
    },
  },
  {
    name: 'refuses an event with a hash that it has with 409',
    why: 'The hash makes events of ftrack an inbox in which each is once.',
    run: async (site) => {
      const event = { topic: `contract.${site.project}.hash`, hash: newId() };
      const id = pickText(
        await site.ask(post('/api/events', event), { status: 200, body: { id: ID } }),
        'id',
      );
      await site.ask(post('/api/events', event), refusal(409));
      await site.ask(remove(`/api/events/${id}`), { status: 204 });
    },
  },
];

const reading: readonly Check[] = [
  {
    name: 'gives events in the order of their insertion, page by page, none left out',
    why: 'Our reader goes on behind the last cursor; what it steps over is lost.',
    run: async (site) => {
      const ids = [newId(), newId(), newId()] as const;
      await site.ask(
        site.operations(
          ids.map((id) => folder(id, freshName())),
          WAIT,
        ),
        done(201, 201, 201),
      );
      const topics = ['entity.folder.created'];
      const all = found(having(...ids.map((id) => about(id))));
      const edges = edgesOf(await site.eventually(events(site, { topics }), all));
      const first = edges.find((edge) => entityOf(edge) === ids[0]);
      const behind = await readOn(site, topics, first?.cursor ?? '');
      site.expect(
        'events behind the first one',
        behind.filter((id) => ids.includes(String(id))),
        [ids[1], ids[2]],
      );
      const before = edges.map(entityOf).filter((id) => ids.includes(String(id)));
      site.expect('events of the batch', before, ids);
    },
  },
  {
    name: 'takes a topic with * for all that begins so',
    why: 'The reader asks for entity.* in one question.',
    run: async (site) => {
      const { shot } = await plant(site);
      await site.eventually(events(site, { topics: ['entity.*'] }), found(having(about(shot))));
    },
  },
  {
    name: 'finds the events of several entities by a query, the newest first, with user and values',
    why: "Where ftrack does not say what changed, a person's edit is told from ours by them.",
    run: async (site) => {
      const { shot, task } = await plant(site);
      await site.ask(site.operations([update('folder', shot, { status: OWN })], WAIT), done(204));
      await site.ask(site.operations([update('task', task, { attrib: { fps: 12 } })], WAIT), done(204));
      const conditions = [
        { key: 'project', operator: 'eq', value: site.project },
        { key: 'summary/entityId', operator: 'in', value: [shot, task] },
      ];
      const filter = { operator: 'and', conditions };
      const told = (topic: string, entityId: string, payload: Pattern) => {
        return { topic, user: TEXT, project: site.project, summary: { entityId }, payload };
      };
      await site.eventually(post('/api/query', { entity: 'event', filter, limit: 1000, offset: 0 }), {
        status: 200,
        body: [
          told('entity.task.attrib_changed', task, { newValue: { fps: 12 } }),
          told('entity.folder.status_changed', shot, { newValue: OWN }),
          told('entity.task.created', task, OBJECT),
          told('entity.folder.created', shot, OBJECT),
        ],
      });
    },
  },
  {
    name: 'keeps sender and sender type with the events that a request causes',
    why: 'By them our own writes are told from those of people.',
    run: async (site) => {
      const { shot } = await plant(site);
      const event = {
        sender: SENDER['x-sender'],
        senderType: SENDER['x-sender-type'],
        project: site.project,
        user: TEXT,
      };
      await hasEvents(site, { topic: 'entity.folder.created', entityId: shot }, [event]);
    },
  },
];

const telling: readonly Check[] = [
  {
    name: 'tells the old and the new value, also when several fields change at once',
    why: 'The payload of each event is taken; the value in its summary is of another field.',
    run: async (site) => {
      const { shot } = await plant(site);
      const write = update('folder', shot, { status: OWN, label: 'Shot', tags: ['contract'] });
      await site.ask(site.operations([write], WAIT), done(204));
      const entityId = shot;
      await hasEvents(site, { topic: 'entity.folder.status_changed', entityId }, [
        { summary: { entityId, parentId: ID }, payload: { oldValue: TEXT, newValue: OWN } },
      ]);
      await hasEvents(site, { topic: 'entity.folder.label_changed', entityId }, [
        { payload: { oldValue: null, newValue: 'Shot' } },
      ]);
    },
  },
  {
    name: 'tells a change of tags twice, with the same values',
    why: 'The second one is dropped.',
    run: async (site) => {
      const { shot } = await plant(site);
      await site.ask(site.operations([update('folder', shot, { tags: ['contract'] })], WAIT), done(204));
      const event = { payload: { oldValue: [], newValue: ['contract'] } };
      await hasEvents(site, { topic: 'entity.folder.tags_changed', entityId: shot }, [event, event]);
    },
  },
  {
    name: 'tells only the attributes that changed, own values',
    why: 'An attribute that an event does not name is never written.',
    run: async (site) => {
      const { shot } = await plant(site, { attrib: { fps: 12 } });
      const attrib = { frameStart: 1010 };
      await site.ask(site.operations([update('folder', shot, { attrib })], WAIT), done(204));
      await hasEvents(site, { topic: 'entity.folder.attrib_changed', entityId: shot }, [
        { payload: { newValue: { frameStart: 1010, fps: ABSENT } } },
      ]);
    },
  },
  {
    name: 'tells renames, moves and assignees',
    why: 'Each asks for another change in ftrack.',
    run: async (site) => {
      const { shot, task, name } = await plant(site);
      const writes = [
        update('folder', shot, { name: `${name}x` }),
        update('task', task, { assignees: ['nobody.of_this_name'] }),
      ];
      await site.ask(site.operations(writes, WAIT), done(204, 204));
      await hasEvents(site, { topic: 'entity.folder.renamed', entityId: shot }, [
        { payload: { oldValue: 'sh010', newValue: `${name}x` } },
      ]);
      await hasEvents(site, { topic: 'entity.task.assignees_changed', entityId: task }, [
        { payload: { oldValue: [], newValue: ['nobody.of_this_name'] } },
      ]);
      await site.ask(site.operations([update('folder', shot, { parentId: null })], WAIT), done(204));
      await hasEvents(site, { topic: 'entity.folder.parent_changed', entityId: shot }, [
        { payload: { oldValue: ID, newValue: null } },
      ]);
    },
  },
  {
    name: 'tells a folder that is deleted by force with one event, and nothing of what lay below',
    why: 'The reader marks such an event as the removal of a whole subtree.',
    run: async (site) => {
      const { sequence, shot } = await publish(site);
      await site.ask(site.operations([{ ...destroy('folder', sequence), force: true }], WAIT), done(204));
      await hasEvents(site, { topic: 'entity.folder.deleted', entityId: sequence }, [
        { payload: { entityData: OBJECT } },
      ]);
      const body = await site.ask(events(site, { topics: ['entity.folder.deleted'] }), found(LIST));
      const below = edgesOf(body).filter((edge) => entityOf(edge) === shot);
      site.expect('events of the folder below', below, []);
    },
  },
];

export const eventGroup: Group = {
  name: 'events',
  title: 'events: sending, reading in order, senders, what they tell',
  checks: [...dispatching, ...reading, ...telling],
};
