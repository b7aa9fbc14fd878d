import type { Hand } from '../../../simulators/ftrack';
import type { Studio } from '../../../simulators/studio';

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const pick = <Item>(items: readonly Item[], random: Random): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) {
    throw new Error('There is nothing to pick from.');
  }
  return item;
};

const STATUSES = ['Not started', 'In progress', 'Pending Review', 'Revise', 'Approved', 'On Hold'];
const PEOPLE = ['bob', 'aicha', 'kenji', 'linnea.s'];
const TASK_TYPES = ['Animation', 'FX', 'Lighting', 'Compositing', 'Layout'];

interface Known {
  readonly sequences: readonly string[];
  readonly shots: string[];
  readonly tasks: string[];
  /** Shots that the edits made themselves; only these are moved and removed. */
  readonly own: Set<string>;
}

/** Random edits by people in one project, each of which AYON can follow. */
export class Editor {
  private readonly known: Known;
  private readonly random: Random;
  private number = 0;

  constructor(project: Studio['projects'][number], random: Random) {
    const ids = (kind: string): string[] =>
      project.entities.filter(({ type }) => type === kind).map(({ id }) => id);
    this.known = { sequences: ids('Sequence'), shots: ids('Shot'), tasks: ids('Task'), own: new Set() };
    this.random = random;
  }

  /** @returns what it did, for people. */
  edit(hand: Hand): string {
    this.number += 1;
    const { random } = this;
    const { shots, tasks, own } = this.known;
    const shot = pick(shots, random);
    const task = pick(tasks, random);
    const mine = own.size === 0 ? undefined : pick([...own], random);
    const actions = [
      () => this.createShot(hand),
      () => this.createTask(hand, shot),
      () => this.rename(hand, shot),
      () => (mine === undefined ? this.createShot(hand) : this.move(hand, mine)),
      () => (mine === undefined ? this.createShot(hand) : this.remove(hand, mine)),
      () => this.setFrameEnd(hand, shot),
      () => this.reassign(hand, task),
      () => this.describe(hand, task),
      () => this.setStatus(hand, shot),
      () => this.setStatus(hand, task),
    ];
    return pick(actions, random)();
  }

  private rename(hand: Hand, id: string): string {
    hand.rename(id, `sh_${this.number}`);
    return `rename ${id}`;
  }

  private describe(hand: Hand, id: string): string {
    hand.update(id, { description: `text ${this.number}` });
    return `description of ${id}`;
  }

  private setStatus(hand: Hand, id: string): string {
    hand.setStatus(id, pick(STATUSES, this.random));
    return `status of ${id}`;
  }

  private setFrameEnd(hand: Hand, id: string): string {
    const isSet = hand.storedCustomAttribute(id, 'frameEnd') !== undefined;
    const value = isSet && this.random() < 0.4 ? undefined : 1100 + this.number;
    hand.setCustomAttribute(id, 'frameEnd', value);
    return `frameEnd of ${id}${value === undefined ? ' unset' : ''}`;
  }

  private createShot(hand: Hand): string {
    const id = hand.createShot({
      parent: pick(this.known.sequences, this.random),
      name: `new_${this.number}`,
    });
    this.known.shots.push(id);
    this.known.own.add(id);
    return `create shot ${id}`;
  }

  private createTask(hand: Hand, parent: string): string {
    const type = pick(TASK_TYPES, this.random);
    const assignees = [pick(PEOPLE, this.random)];
    const id = hand.createTask({ parent, name: `task_${this.number}`, type, assignees });
    this.known.tasks.push(id);
    return `create task ${id} in ${parent}`;
  }

  private move(hand: Hand, id: string): string {
    hand.move(id, pick(this.known.sequences, this.random));
    return `move ${id}`;
  }

  private remove(hand: Hand, id: string): string {
    const { shots, tasks, own } = this.known;
    const below = new Set(tasks.filter((task) => hand.entity(task).data['parent_id'] === id));
    hand.remove(id);
    own.delete(id);
    shots.splice(shots.indexOf(id), 1);
    tasks.splice(0, tasks.length, ...tasks.filter((task) => !below.has(task)));
    return `remove ${id}`;
  }

  private reassign(hand: Hand, task: string): string {
    const person = pick(PEOPLE, this.random);
    const user = hand.idOf('User', person, 'username');
    const isAssigned =
      hand.query(`select id from Appointment where context_id is "${task}" and resource_id is "${user}"`)
        .length > 0;
    if (isAssigned) {
      hand.unassign(task, person);
    } else {
      hand.assign(task, person);
    }
    return `${isAssigned ? 'unassign' : 'assign'} ${person} ${task}`;
  }
}
