import { generateStudio } from '../../../simulators/studio';
import type { Requests } from './rig';
import { Rig } from './rig';

/** A status edit of any task fills the caches; of two, one is a change whatever the task had. */
async function warm(rig: Rig, task: string): Promise<void> {
  rig.bob.setStatus(task, 'On Hold');
  rig.bob.setStatus(task, 'Approved');
  await rig.sync();
}

/** Requests of each edit, in the order that the story does them. */
async function costs(rig: Rig, path: { sequence: string; other: string }): Promise<Record<string, Requests>> {
  const { bob } = rig;
  const sequence = rig.id(path.sequence);
  const found: Record<string, Requests> = {};
  const edit = async (name: string, work: () => void): Promise<void> => {
    work();
    found[name] = await rig.counting(() => rig.sync());
  };
  let shot = '';
  let task = '';
  await edit('create shot', () => {
    shot = bob.createShot({ parent: sequence, name: 'sh999' });
  });
  await edit('create task', () => {
    task = bob.createTask({ parent: shot, name: 'comp', type: 'Compositing' });
  });
  await edit('status', () => bob.setStatus(task, 'In progress'));
  await edit('rename', () => bob.rename(shot, 'sh998'));
  await edit('attribute', () => bob.setCustomAttribute(shot, 'fstart', 995));
  await edit('assign', () => bob.assign(task, 'kenji'));
  await edit('move', () => bob.move(shot, rig.id(path.other)));
  await edit('remove task', () => bob.remove(task));
  await edit('remove shot', () => bob.remove(shot));
  return found;
}

const expected: Record<string, Requests> = {
  'create shot': { ftrack: 2, ayon: 2 },
  'create task': { ftrack: 2, ayon: 2 },
  status: { ftrack: 1, ayon: 2 },
  rename: { ftrack: 2, ayon: 2 },
  attribute: { ftrack: 1, ayon: 2 },
  assign: { ftrack: 1, ayon: 2 },
  move: { ftrack: 2, ayon: 2 },
  'remove task': { ftrack: 1, ayon: 2 },
  'remove shot': { ftrack: 2, ayon: 3 },
};

describe('requests of an event that names one entity, with warm caches', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  test('in a small project', async () => {
    rig = await Rig.start();
    await warm(rig, rig.id('sq010/sh010/animation'));

    expect(await costs(rig, { sequence: 'sq010', other: 'sq020' })).toEqual(expected);
  });

  test('in a project of 20,000 entities', async () => {
    rig = await Rig.start(generateStudio({ projects: 1, entitiesPerProject: 20_000, seed: 7 }));
    const task = [...rig.ftrack.store.tableOf('Context').where('$type', 'Task')][0];
    await warm(rig, task?.key ?? '');

    expect(await costs(rig, { sequence: 'ep101/ep101_sq010', other: 'ep101/ep101_sq020' })).toEqual(expected);
  });
});
