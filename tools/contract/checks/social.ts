import type { Check, Group } from '../check';
import { refusal } from '../check';
import {
  ABSENT,
  every,
  having,
  ID,
  jsonText,
  LIST,
  matching,
  NUMBER,
  OBJECT,
  pick,
  pickList,
  pickText,
  TEXT,
} from '../pattern';
import type { Site } from '../site';
import { get, newId, patch, post, put, query, remove } from '../site';
import { plant, prepare, publish } from './tree';

const LINK = 'generative|folder|folder';

/** Only once: what a server says to one that it has is not what is checked. */
async function makeLinkType(site: Site): Promise<void> {
  const types = await prepare(site, get(site.at('/links/types')), { status: 200, body: { types: LIST } });
  if (!pickList(types, 'types').some((type) => pick(type, 'name') === LINK)) {
    const path = site.at(`/links/types/${encodeURIComponent(LINK)}`);
    await prepare(site, put(path, { data: { color: '#2626e0', style: 'solid' } }), { status: 204 });
  }
}

const linkChecks: readonly Check[] = [
  {
    name: 'lists link types, and takes new ones',
    why: 'A link needs a type that the project has.',
    run: async (site) => {
      await makeLinkType(site);
      const type = {
        name: LINK,
        linkType: 'generative',
        inputType: 'folder',
        outputType: 'folder',
        data: OBJECT,
      };
      await site.ask(get(site.at('/links/types')), { status: 200, body: { types: having(type) } });
    },
  },
  {
    name: 'makes the same link twice, but the same id only once',
    why: 'Links have no uniqueness: only by an id of ours a repeated one meets itself.',
    run: async (site) => {
      await makeLinkType(site);
      const { sequence: input, shot: output } = await plant(site);
      const [one, two] = [newId(), newId()];
      const link = (id: string) => post(site.at('/links'), { id, input, output, linkType: LINK });
      await site.ask(link(one), { status: 200, body: { id: one } });
      await site.ask(link(two), { status: 200, body: { id: two } });
      await site.ask(link(one), refusal(409));
      const node = { direction: 'out', linkType: 'generative', entityId: output, entityType: 'folder' };
      const selection = `folder(id: "${input}"){links{edges{id direction linkType entityId entityType name}}}`;
      const edges = having({ id: one, ...node }, { id: two, ...node });
      await site.ask(query(`query($p: String!){project(name: $p){${selection}}}`, { p: site.project }), {
        status: 200,
        body: { data: { project: { folder: { links: { edges } } } } },
      });
      await site.ask(remove(site.at(`/links/${two}`)), { status: 204 });
    },
  },
  {
    name: 'refuses a link of an unknown type with 400',
    why: 'So a missing type is seen, and can be made first.',
    run: async (site) => {
      const { sequence: input, shot: output } = await plant(site);
      await site.ask(
        post(site.at('/links'), { input, output, linkType: 'nope|folder|folder' }),
        refusal(400),
      );
    },
  },
];

const comment = (site: Site, task: string, body: object) =>
  post(site.at(`/tasks/${task}/activities`), { activityType: 'comment', ...body });

const activities = (site: Site, task: string) =>
  query(
    `query($p: String!, $ids: [String!]){project(name: $p){activities(entityIds: $ids, activityTypes: ["comment"], referenceTypes: ["origin"], last: 10){
      edges{node{activityId activityType body activityData author{name} entityId entityType createdAt}}}}}`,
    { p: site.project, ids: [task] },
  );
const commented = (...nodes: readonly object[]) => ({
  status: 200,
  body: { data: { project: { activities: { edges: nodes.map((node) => ({ node })) } } } },
});

const comments: readonly Check[] = [
  {
    name: 'keeps time, data and author of a comment',
    why: 'A note of ftrack bears its own time, and its id is found in data.',
    run: async (site) => {
      const { task } = await plant(site);
      const me = pickText(
        await site.ask(get('/api/users/me'), { status: 200, body: { name: TEXT } }),
        'name',
      );
      const note = {
        body: 'Check the **edge**',
        timestamp: '2026-01-02T03:04:05Z',
        data: { ftrack: { id: 'n1' } },
      };
      const made = await site.ask(comment(site, task, note), { status: 201, body: { id: ID } });
      await site.eventually(
        activities(site, task),
        commented({
          activityId: pickText(made, 'id'),
          body: note.body,
          activityData: jsonText({ ftrack: { id: 'n1' } }),
          author: { name: me },
          entityId: task,
          entityType: 'task',
          createdAt: matching(/^2026-01-02T03:04:05/, '2026-01-02T03:04:05'),
        }),
      );
    },
  },
  {
    name: 'takes the id that we choose for a comment, once',
    why: 'A note that is written twice makes one comment.',
    run: async (site) => {
      const { task } = await plant(site);
      const note = { id: newId(), body: 'once' };
      await site.ask(comment(site, task, note), { status: 201, body: { id: note.id } });
      await site.eventually(activities(site, task), commented({ activityId: note.id, body: 'once' }));
    },
  },
  {
    name: 'takes 2,000 characters and refuses 2,001 with 400',
    why: 'Longer notes are refused before they are sent; a higher limit would be news.',
    run: async (site) => {
      const { task } = await plant(site);
      await site.ask(comment(site, task, { body: 'x'.repeat(2000) }), { status: 201, body: { id: ID } });
      await site.ask(comment(site, task, { body: 'x'.repeat(2001) }), refusal(400));
    },
  },
  {
    name: 'changes and deletes a comment',
    why: 'A note may be edited or removed after it was written.',
    run: async (site) => {
      const { task } = await plant(site);
      const id = pickText(
        await site.ask(comment(site, task, { body: 'a' }), { status: 201, body: { id: ID } }),
        'id',
      );
      await site.ask(patch(site.at(`/activities/${id}`), { body: 'b' }), { status: 204 });
      await site.eventually(activities(site, task), commented({ activityId: id, body: 'b' }));
      await site.ask(remove(site.at(`/activities/${id}`)), { status: 204 });
      await site.eventually(activities(site, task), commented());
    },
  },
  {
    name: 'writes in the name of a user that it has, and breaks with a bare 500 for one that it lacks',
    why: 'Only users known to be there are named; the text of that 500 is no JSON.',
    run: async (site) => {
      const { task } = await plant(site);
      const me = pickText(
        await site.ask(get('/api/users/me'), { status: 200, body: { name: TEXT } }),
        'name',
      );
      const as = (user: string) => ({
        ...comment(site, task, { body: 'as' }),
        headers: { 'x-as-user': user },
      });
      await site.ask(as(me), { status: 201, body: { id: ID } });
      await site.ask(as('nobody.of_this_name'), { status: 500, body: 'Internal Server Error' });
    },
  },
];

const lists: readonly Check[] = [
  {
    name: 'makes a list with items, tells it and deletes it',
    why: 'It is the whole life of a list that follows one of ftrack.',
    run: async (site) => {
      const { version } = await publish(site);
      const id = await makeList(site, version, 'dailies');
      const item = { id: ID, entityId: version, position: NUMBER };
      await site.ask(get(site.at(`/lists/${id}`)), {
        status: 200,
        body: { id, label: 'dailies', entityType: 'version', data: { ftrack: { id: 'l1' } }, items: [item] },
      });
      await site.ask(remove(site.at(`/lists/${id}`)), { status: [200, 204] });
      await site.ask(get(site.at(`/lists/${id}`)), refusal(404));
    },
  },
  {
    name: 'merges items by their own id, so that an entity may be twice in a list',
    why: 'To merge without the ids of items makes doubles.',
    run: async (site) => {
      const { version } = await publish(site);
      const id = await makeList(site, version, 'merged');
      const merge = { mode: 'merge', items: [{ entityId: version }] };
      await site.ask(patch(site.at(`/lists/${id}/items`), merge), { status: 200, body: null });
      const same = { id: ID, entityId: version };
      await site.ask(get(site.at(`/lists/${id}`)), { status: 200, body: { items: [same, same] } });
    },
  },
  {
    name: 'refuses to empty a list by an empty replacement with 400',
    why: 'The last items of a list have to be deleted one by one.',
    run: async (site) => {
      const { version } = await publish(site);
      const id = await makeList(site, version, 'emptied');
      await site.ask(patch(site.at(`/lists/${id}/items`), { mode: 'replace', items: [] }), {
        status: 400,
        body: { code: 400, errors: every({ loc: LIST, msg: TEXT, type: TEXT }) },
      });
    },
  },
  {
    name: 'answers a second list of the same label with 500, and 409 in its body',
    why: 'Some constraints come so: failures are judged by their body.',
    run: async (site) => {
      const { version } = await publish(site);
      await makeList(site, version, 'twin');
      await site.ask(listOf(site, version, 'twin'), {
        status: 500,
        body: { code: 409, error: 'unique-violation' },
      });
    },
  },
];

const listOf = (site: Site, entityId: string, label: string) =>
  post(site.at('/lists'), {
    entityType: 'version',
    label,
    items: [{ entityId }],
    data: { ftrack: { id: 'l1' } },
  });

const makeList = async (site: Site, entityId: string, label: string): Promise<string> =>
  pickText(await site.ask(listOf(site, entityId, label), { status: 201, body: { id: ID, count: 1 } }), 'id');

/** A picture of one pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const thumbnails: readonly Check[] = [
  {
    name: 'takes a picture and tells it has it',
    why: 'It is how a picture gets to a folder, a task or a version, and how one sees that it did.',
    run: async (site) => {
      const { shot, task } = await plant(site);
      for (const [path, entityId] of [
        ['folders', shot],
        ['tasks', task],
      ] as const) {
        const at = site.at(`/${path}/${entityId}/thumbnail`);
        const body = { id: ID, affectedEntities: having({ entityId }) };
        const sent = { ...post(at, PICTURE), headers: { 'content-type': 'image/png' } };
        await site.ask(sent, { status: 200, body });
        const { headers } = await site.send(get(at));
        site.expect('header x-thumbnail-id', headers.get('x-thumbnail-id'), TEXT);
      }
    },
  },
  {
    name: 'refuses what is no picture with 415',
    why: 'So a picture of another kind is seen, and can be converted first.',
    run: async (site) => {
      const { shot } = await plant(site);
      const at = site.at(`/folders/${shot}/thumbnail`);
      await site.ask({ ...post(at, PICTURE), headers: { 'content-type': 'text/plain' } }, refusal(415));
    },
  },
  {
    name: 'gives a picture where there is none, unless asked for none (404)',
    why: 'Whether there is one can be told by placeholder=none only.',
    run: async (site) => {
      const { shot } = await plant(site);
      const at = site.at(`/folders/${shot}/thumbnail`);
      const { status, headers } = await site.send(get(at));
      const told = {
        status,
        type: headers.get('content-type'),
        id: headers.get('x-thumbnail-id') ?? undefined,
      };
      site.expect('answer', told, { status: 200, type: matching(/^image\/png/, 'image/png'), id: ABSENT });
      await site.ask(get(`${at}?placeholder=none`), { status: 404 });
    },
  },
];

export const social: readonly Group[] = [
  { name: 'links', title: 'links between entities', checks: linkChecks },
  { name: 'comments', title: 'comments, their limit, and writing in the name of others', checks: comments },
  { name: 'thumbnails', title: 'thumbnails', checks: thumbnails },
  { name: 'lists', title: 'entity lists and their items', checks: lists },
];
