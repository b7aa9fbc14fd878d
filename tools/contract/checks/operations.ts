import type { Check, Group } from '../check';
import { refusal } from '../check';
import type { Pattern } from '../pattern';
import { having, ID } from '../pattern';
import type { Site } from '../site';
import { get, newId, OWN } from '../site';
import { create, destroy, done, folder, freshName, plant, publish, refused, update } from './tree';

const isThere = (site: Site, id: string, body: Pattern = {}) =>
  site.ask(get(site.at(`/folders/${id}`)), { status: 200, body });
const isMissing = (site: Site, id: string) => site.ask(get(site.at(`/folders/${id}`)), refusal(404));

/** A good operation, one that must fail, and a good one. */
async function mixed(site: Site) {
  const { shot } = await plant(site);
  const [first, last] = [newId(), newId()];
  return {
    first,
    last,
    operations: [folder(first, freshName()), folder(shot, freshName()), folder(last, freshName())],
  };
}

const TAKEN = { success: false, status: 409, errorCode: 'unique-violation' };

const batches: readonly Check[] = [
  {
    name: 'makes parents and children in one batch, with ids that we choose',
    why: 'The planner sends whole trees, parents before children.',
    run: async (site) => {
      const ids = [newId(), newId(), newId()] as const;
      const question = site.operations([
        { id: 'one', ...folder(ids[0], freshName()) },
        { id: 'two', ...folder(ids[1], 'sh010', { parentId: ids[0], label: 'Shot 10' }) },
        { id: 'three', ...create('task', ids[2], { name: 'comp', taskType: OWN, folderId: ids[1] }) },
      ]);
      const [folders, task] = [
        { type: 'create', entityType: 'folder' },
        { type: 'create', entityType: 'task' },
      ];
      const good = { success: true, status: 201, errorCode: null, detail: null };
      const operations = [
        { id: 'one', ...folders, entityId: ids[0], ...good },
        { id: 'two', ...folders, entityId: ids[1], ...good },
        { id: 'three', ...task, entityId: ids[2], ...good },
      ];
      await site.ask(question, { status: 200, body: { success: true, operations } });
      await isThere(site, ids[1], { parentId: ids[0], label: 'Shot 10' });
    },
  },
  {
    name: 'chooses ids where we send none',
    why: 'An id of ours that is taken by a stranger is replaced by one of AYON.',
    run: (site) =>
      site.ask(
        site.operations([
          { type: 'create', entityType: 'folder', data: { name: freshName(), folderType: OWN } },
        ]),
        { status: 200, body: { success: true, operations: [{ entityId: ID }] } },
      ),
  },
  {
    name: 'undoes a failed batch, though it calls the operations before the failure successful',
    why: 'Without canFail only the success of the whole answer counts.',
    run: async (site) => {
      const { first, last, operations } = await mixed(site);
      await site.ask(site.operations(operations), {
        status: 200,
        body: { success: false, operations: [{ success: true, status: 201 }, TAKEN] },
      });
      await isMissing(site, first);
      await isMissing(site, last);
    },
  },
  {
    name: 'keeps the good operations of a batch with canFail',
    why: 'One bad entity never blocks the others.',
    run: async (site) => {
      const { first, last, operations } = await mixed(site);
      const good = { success: true, status: 201 };
      await site.ask(site.operations(operations, { canFail: true }), {
        status: 200,
        body: { success: false, operations: [good, TAKEN, good] },
      });
      await isThere(site, first);
      await isThere(site, last);
    },
  },
  {
    name: 'answers a failed batch with 409 when raiseOnError is set',
    why: 'A batch that must be whole may be judged by its status.',
    run: async (site) => {
      const { operations } = await mixed(site);
      await site.ask(site.operations(operations, { raiseOnError: true }), { status: 409 });
    },
  },
  {
    name: 'refuses a batch with two updates of one entity with 400',
    why: 'The planner puts at most one operation per entity into a batch.',
    run: async (site) => {
      const { shot } = await plant(site);
      const operations = [update('folder', shot, { label: 'a' }), update('folder', shot, { label: 'b' })];
      await site.ask(site.operations(operations), refusal(400));
      await isThere(site, shot, { label: null });
    },
  },
  {
    name: 'takes a create and an update of the same entity in one batch',
    why: 'A new entity may get what needs its children later in the batch.',
    run: async (site) => {
      const id = newId();
      const operations = [folder(id, freshName()), update('folder', id, { label: 'later' })];
      await site.ask(site.operations(operations), done(201, 204));
      await isThere(site, id, { label: 'later' });
    },
  },
  {
    name: 'refuses a batch in the name of a user that it does not have with 404',
    why: 'Only users that AYON has are named.',
    run: (site) =>
      site.ask(
        site.operations([{ ...folder(newId(), freshName()), asUser: 'nobody.of_this_name' }]),
        refusal(404),
      ),
  },
];

const refusals: readonly Check[] = [
  {
    name: 'refuses a create with an id that exists: 409 unique-violation',
    why: 'A create that is sent twice makes one entity.',
    run: async (site) => {
      const { shot } = await plant(site);
      await site.ask(site.operations([folder(shot, freshName())]), refused(409, 'unique-violation'));
    },
  },
  {
    name: 'refuses a sibling that differs in case only: 409 unique-violation',
    why: 'Siblings of ftrack that clash in AYON are found before they are sent.',
    run: async (site) => {
      const { sequence } = await plant(site);
      const twin = folder(newId(), 'SH010', { parentId: sequence });
      await site.ask(site.operations([twin]), refused(409, 'unique-violation'));
    },
  },
  {
    name: 'refuses an unknown folder type, task type and status: 409 foreign-key-violation',
    why: 'They are added to the project first.',
    run: async (site) => {
      const { shot, task } = await plant(site);
      const wrong = [
        folder(newId(), freshName(), { folderType: 'Nope' }),
        create('task', newId(), { name: 'other', taskType: 'Nope', folderId: shot }),
        update('task', task, { status: 'Nope' }),
      ];
      for (const operation of wrong) {
        await site.ask(site.operations([operation]), refused(409, 'foreign-key-violation'));
      }
    },
  },
  {
    name: 'refuses an update of what it does not have: 404 not-found',
    why: 'What was removed meanwhile is told from what is wrong.',
    run: (site) =>
      site.ask(site.operations([update('folder', newId(), { label: 'x' })]), refused(404, 'not-found')),
  },
  {
    name: 'keeps a folder above published versions as it is (403), but for force',
    why: 'Such folders are reported and never forced.',
    run: async (site) => {
      const { shot } = await publish(site);
      const rename = update('folder', shot, { name: 'sh011' });
      await site.ask(site.operations([rename]), refused(403, 'forbidden'));
      await isThere(site, shot, { name: 'sh010', hasVersions: true });
      await site.ask(site.operations([update('folder', shot, { label: 'still free' })]), done(204));
      await site.ask(site.operations([{ ...rename, force: true }]), done(204));
      await isThere(site, shot, { name: 'sh011' });
    },
  },
  {
    name: 'refuses to delete a folder with products: 409, and deletes it whole by force',
    why: 'Deletion is by policy only; what stays is reported.',
    run: async (site) => {
      const { shot, task } = await publish(site);
      await site.ask(site.operations([destroy('folder', shot)]), refused(409, 'delete-folder-with-children'));
      await site.ask(site.operations([{ ...destroy('folder', shot), force: true }]), done(204));
      await isMissing(site, shot);
      await site.ask(get(site.at(`/tasks/${task}`)), refusal(404));
    },
  },
  {
    name: 'frees the name of what is inactive, and refuses to bring it back into a clash',
    why: 'What ftrack removed is made inactive; what is made anew there becomes a new entity.',
    run: async (site) => {
      const { sequence, shot } = await plant(site);
      const active = (value: boolean) => site.operations([update('folder', shot, { active: value })]);
      await site.ask(active(false), done(204));
      await site.ask(site.operations([folder(newId(), 'sh010', { parentId: sequence })]), done(201));
      await site.ask(active(true), refused(409, 'unique-violation'));
      await site.eventually(get(site.at('/folders')), {
        status: 200,
        body: { folders: having({ id: shot }) },
      });
    },
  },
];

const GOOD = ['a', 'sh_010', 'SH-010', 'v1.2.3', '_x', '0'];
const BAD = ['with space', '-x', 'x-', '.x', 'x.', 'ä', 'a/b', ''];

const names: readonly Check[] = [
  {
    name: `takes the names ${GOOD.join(', ')}`,
    why: 'Names of ftrack are made to fit this grammar.',
    run: async (site) => {
      const { shot } = await plant(site);
      const operations = GOOD.map((name) => folder(newId(), name, { parentId: shot }));
      await site.ask(site.operations(operations, { canFail: true }), done(...GOOD.map(() => 201)));
    },
  },
  {
    name: `refuses the names ${BAD.map((name) => `"${name}"`).join(', ')}: 400 invalid_data`,
    why: 'The real name of ftrack goes into the label, so that nothing is refused.',
    run: async (site) => {
      const { shot } = await plant(site);
      const operations = BAD.map((name) => folder(newId(), name, { parentId: shot }));
      const bad = { success: false, status: 400, errorCode: 'invalid_data' };
      await site.ask(site.operations(operations, { canFail: true }), {
        status: 200,
        body: { success: false, operations: BAD.map(() => bad) },
      });
    },
  },
];

export const operations: Group = {
  name: 'operations',
  title: 'batches: order, transaction, canFail, force; constraints',
  checks: [...batches, ...refusals],
};

export const grammar: Group = { name: 'names', title: 'which names it takes', checks: names };
