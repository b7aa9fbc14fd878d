import { ayonId } from '../simulators/ayon';
import type { Hand } from '../simulators/ftrack';
import type { Edit } from './desk';

const STATUSES = ['In progress', 'Pending Review', 'Approved', 'Not started'] as const;

type Entity = Parameters<Edit['arrived']>[0];

/** Sets the status of a task to another one than it has. */
export function statusEdit(task: string): Edit {
  let status = '';
  return {
    make(hand) {
      const present = hand.entity(task).data['status_id'];
      status = STATUSES.find((each) => hand.idOf('Status', each) !== present) ?? '';
      hand.setStatus(task, status);
      return task;
    },
    arrived: (entity) => entity?.status === status,
  };
}

/** Ids of all entities of that type that ftrack has at this moment. */
export const idsOf = (hand: Hand, type: 'Task' | 'Sequence'): string[] =>
  hand.query(`select id from ${type}`).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));

const changed =
  (id: string, change: (hand: Hand) => void) =>
  (hand: Hand): string => {
    change(hand);
    return id;
  };

/** Single edits of existing entities in turns: status, assignment, description, rename, of as many tasks. */
export function deskWork(tasks: readonly string[], count: number): Edit[] {
  const kinds: ReadonlyArray<(task: string, number: number) => Edit> = [
    statusEdit,
    (task, number) => ({
      make: changed(task, (hand) => hand.update(task, { description: `take ${number}` })),
      arrived: (entity) => entity?.attrib['description'] === `take ${number}`,
    }),
    statusEdit,
    (task, number) => ({
      make: changed(task, (hand) => hand.rename(task, `work ${number}`)),
      arrived: (entity) => entity?.label === `work ${number}`,
    }),
  ];
  return Array.from({ length: count }, (_, at) => {
    const task = tasks[at % tasks.length] ?? '';
    return (kinds[at % kinds.length] ?? statusEdit)(task, at);
  });
}

/** The life of a shot and a task in it, one edit of one entity after the other, each with its name. */
export function lifeOfShot({
  from,
  to,
  name,
}: {
  from: string;
  to: string;
  name: string;
}): Array<[string, Edit]> {
  let shot = '';
  let task = '';
  const ofShot = (change: (hand: Hand) => void, arrived: Edit['arrived']): Edit => ({
    make: (hand) => changed(shot, change)(hand),
    arrived,
  });
  const ofTask = (change: (hand: Hand) => void, arrived: Edit['arrived']): Edit => ({
    make: (hand) => changed(task, change)(hand),
    arrived,
  });
  const isGone = (entity: Entity): boolean => entity?.active !== true;
  return [
    [
      'create shot',
      {
        make: (hand) => (shot = hand.createShot({ parent: from, name })),
        arrived: (entity) => entity?.name === name,
      },
    ],
    [
      'create task',
      {
        make: (hand) => (task = hand.createTask({ parent: shot, name: 'comp', type: 'Compositing' })),
        arrived: (entity) => entity?.name === 'comp',
      },
    ],
    [
      'status',
      ofTask(
        (hand) => hand.setStatus(task, 'In progress'),
        (entity) => entity?.status === 'In progress',
      ),
    ],
    [
      'assign',
      ofTask(
        (hand) => hand.assign(task, 'kenji'),
        (entity) => entity?.assignees?.includes('kenji') === true,
      ),
    ],
    [
      'rename',
      ofShot(
        (hand) => hand.rename(shot, `${name}_b`),
        (entity) => entity?.name === `${name}_b`,
      ),
    ],
    [
      'attribute',
      ofShot(
        (hand) => hand.setCustomAttribute(shot, 'frameStart', 990),
        (entity) => entity?.attrib['frameStart'] === 990,
      ),
    ],
    [
      'move',
      ofShot(
        (hand) => hand.move(shot, to),
        (entity) => entity?.parentId === ayonId(to),
      ),
    ],
    ['delete task', ofTask((hand) => hand.remove(task), isGone)],
    ['delete shot', ofShot((hand) => hand.remove(shot), isGone)],
  ];
}
