import type { Check, Group } from '../check';
import { refusal } from '../check';
import type { Pattern } from '../pattern';
import { ABSENT, every, having, ID, LIST, OBJECT, TEXT, TIME, TRUTH } from '../pattern';
import type { Site } from '../site';
import { get, newId, OWN, patch, post, remove } from '../site';
import { done, freshName, plant, publish, update } from './tree';

const folderAt = (site: Site, id: string) => get(site.at(`/folders/${id}`));
const read = (site: Site, id: string, body: Pattern) => site.ask(folderAt(site, id), { status: 200, body });

const COMMON: Readonly<Record<string, Pattern>> = {
  id: ID,
  attrib: OBJECT,
  data: OBJECT,
  active: TRUTH,
  ownAttrib: LIST,
  status: TEXT,
  tags: LIST,
  createdAt: TIME,
  updatedAt: TIME,
};

const single: readonly Check[] = [
  {
    name: 'makes, tells, changes and deletes a folder',
    why: 'The ids are ours: the same 128 bits as in ftrack, so that a repeated create meets itself.',
    run: async (site) => {
      const [id, name] = [newId(), freshName()];
      const body = { id, name, folderType: OWN, label: 'A folder' };
      await site.ask(post(site.at('/folders'), body), { status: 201, body: { id } });
      await read(site, id, { ...COMMON, id, name, label: 'A folder', path: `/${name}`, hasVersions: false });
      await site.ask(patch(site.at(`/folders/${id}`), { label: null }), { status: 204 });
      await site.ask(remove(site.at(`/folders/${id}`)), { status: 204 });
      await site.ask(folderAt(site, id), refusal(404));
    },
  },
  {
    name: 'tells a task, a product, a version and a representation',
    why: 'Their fields are compared with those of ftrack.',
    run: async (site) => {
      const { shot, task, product, version, name } = await publish(site);
      const made = await site.ask(
        post(site.at('/representations'), { name: 'exr', versionId: version, files: [] }),
        { status: 201, body: { id: ID } },
      );
      const expected: readonly (readonly [string, Pattern])[] = [
        [
          `/tasks/${task}`,
          { name: 'comp', taskType: OWN, folderId: shot, assignees: LIST, path: `/${name}/sh010/comp` },
        ],
        [`/products/${product}`, { name: 'renderMain', folderId: shot, productType: 'render' }],
        [`/versions/${version}`, { version: 1, productId: product, taskId: task, author: TEXT }],
        [`/representations/${String((made as { id: string }).id)}`, { name: 'exr', versionId: version }],
      ];
      for (const [path, body] of expected) {
        await site.ask(get(site.at(path)), { status: 200, body: { ...COMMON, ...(body as object) } });
      }
    },
  },
  {
    name: 'refuses a dashed id with 400 and says which field is wrong',
    why: 'The ids of ftrack have dashes; sent as they are they must not be taken for missing entities.',
    run: (site) =>
      site.ask(folderAt(site, '00000000-0000-0000-0000-000000000002'), {
        status: 400,
        body: { code: 400, detail: TEXT, errors: every({ loc: LIST, msg: TEXT, type: TEXT }) },
      }),
  },
  {
    name: 'lists all folders with their own attributes',
    why: 'From five folders on their own attributes are read by this list.',
    run: async (site) => {
      const { sequence, shot, name } = await plant(site, { attrib: { fps: 12 } });
      await site.eventually(get(site.at('/folders?attrib=true')), {
        status: 200,
        body: {
          folders: having(
            { id: sequence, name, parentId: null, attrib: { fps: 12 }, ownAttrib: ['fps'] },
            { id: shot, parentId: sequence, attrib: { fps: 12 }, ownAttrib: [] },
          ),
        },
      });
    },
  },
];

const values: readonly Check[] = [
  {
    name: 'inherits attributes, and tells which are own',
    why: 'What is inherited in AYON must not be written to ftrack as if it had been set.',
    run: async (site) => {
      const { sequence, shot, task } = await plant(site, { attrib: { fps: 12 } });
      await read(site, sequence, { attrib: { fps: 12 }, ownAttrib: ['fps'] });
      await read(site, shot, { attrib: { fps: 12 }, ownAttrib: [] });
      await site.ask(get(site.at(`/tasks/${task}`)), {
        status: 200,
        body: { attrib: { fps: 12 }, ownAttrib: [] },
      });
    },
  },
  {
    name: 'unsets an attribute by null: the inherited value shows again',
    why: 'Unset is a value: cleared in ftrack means cleared in AYON.',
    run: async (site) => {
      const { shot } = await plant(site, { attrib: { fps: 12 } });
      const set = (fps: number | null) => site.operations([update('folder', shot, { attrib: { fps } })]);
      await site.ask(set(30), done(204));
      await read(site, shot, { attrib: { fps: 30 }, ownAttrib: ['fps'] });
      await site.ask(set(null), done(204));
      await read(site, shot, { attrib: { fps: 12 }, ownAttrib: [] });
    },
  },
  {
    name: 'does not inherit ftrackId',
    why: 'An id that were inherited would pair children with the entity of their parent.',
    run: async (site) => {
      const { shot } = await plant(site, { attrib: { ftrackId: newId(), fps: 12 } });
      await read(site, shot, { attrib: { ftrackId: ABSENT, fps: 12 }, ownAttrib: [] });
    },
  },
  {
    name: 'merges data by key, null removes a key, objects within are replaced',
    why: 'Keys that others keep in data outlive our writes.',
    run: async (site) => {
      const { shot } = await plant(site);
      const write = (data: unknown) =>
        site.ask(patch(site.at(`/folders/${shot}`), { data }), { status: 204 });
      await write({ a: 1, b: { c: 1, d: 2 } });
      await write({ a: null, b: { c: 3 }, e: 4 });
      await read(site, shot, { data: { a: ABSENT, b: { c: 3, d: ABSENT }, e: 4 } });
    },
  },
  {
    name: 'takes assignees that it does not know',
    why: 'Assignees are written by name before the users may be there.',
    run: async (site) => {
      const { task } = await plant(site);
      const assignees = ['nobody.of_this_name'];
      await site.ask(site.operations([update('task', task, { assignees })]), done(204));
      await site.ask(get(site.at(`/tasks/${task}`)), { status: 200, body: { assignees } });
    },
  },
];

export const entities: Group = {
  name: 'entities',
  title: 'folders, tasks, products, versions and representations by REST; inheritance, unset, data',
  checks: [...single, ...values],
};
