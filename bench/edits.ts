import { ayonId } from '../simulators/ayon';
import type { Hand } from '../simulators/ftrack';
import type { Edit } from './desk';

const STATUSES = ['In progress', 'Pending Review', 'Approved', 'Not started'] as const;

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

type Named = readonly [kind: string, edit: Edit];

/** A shot and a task in it while they live; ids are known once they are created. */
interface Life {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  shot: string;
  task: string;
}

/** Creates a shot and a task in it, changes and removes them: one entity after the other, each with its kind. */
export function lifeOfShot(place: Pick<Life, 'from' | 'to' | 'name'>): readonly Named[] {
  const life: Life = { ...place, shot: '', task: '' };
  return [...creations(life), ...changesOfTask(life), ...changesOfShot(life), ...removals(life)];
}

function creations(life: Life): readonly Named[] {
  const shot: Edit = {
    make: (hand) => (life.shot = hand.createShot({ parent: life.from, name: life.name })),
    arrived: (entity) => entity?.name === life.name,
  };
  const task: Edit = {
    make: (hand) => (life.task = hand.createTask({ parent: life.shot, name: 'comp', type: 'Compositing' })),
    arrived: (entity) => entity?.name === 'comp',
  };
  return [
    ['create shot', shot],
    ['create task', task],
  ];
}

function changesOfTask(life: Life): readonly Named[] {
  const status: Edit = {
    make: (hand) => changed(life.task, () => hand.setStatus(life.task, 'In progress'))(hand),
    arrived: (entity) => entity?.status === 'In progress',
  };
  const assign: Edit = {
    make: (hand) => changed(life.task, () => hand.assign(life.task, 'kenji'))(hand),
    arrived: (entity) => entity?.assignees?.includes('kenji') === true,
  };
  return [
    ['status', status],
    ['assign', assign],
  ];
}

function changesOfShot(life: Life): readonly Named[] {
  const ofShot = (change: (hand: Hand) => void, arrived: Edit['arrived']): Edit => ({
    make: (hand) => changed(life.shot, change)(hand),
    arrived,
  });
  const name = `${life.name}_b`;
  const rename = ofShot(
    (hand) => hand.rename(life.shot, name),
    (entity) => entity?.name === name,
  );
  const attribute = ofShot(
    (hand) => hand.setCustomAttribute(life.shot, 'frameStart', 990),
    (entity) => entity?.attrib['frameStart'] === 990,
  );
  const move = ofShot(
    (hand) => hand.move(life.shot, life.to),
    (entity) => entity?.parentId === ayonId(life.to),
  );
  return [
    ['rename', rename],
    ['attribute', attribute],
    ['move', move],
  ];
}

function removals(life: Life): readonly Named[] {
  const removal = (which: 'task' | 'shot'): Edit => ({
    make: (hand) => changed(life[which], () => hand.remove(life[which]))(hand),
    arrived: (entity) => entity?.active !== true,
  });
  return [
    ['delete task', removal('task')],
    ['delete shot', removal('shot')],
  ];
}
