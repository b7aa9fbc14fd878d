import type { Hand } from '../../../simulators/ftrack';
import type { Studio } from '../../../simulators/studio';
import type { Random } from './random';
import { pick, pickOften } from './random';

const STATUSES = ['Not started', 'In progress', 'Pending Review', 'Revise', 'Approved', 'On Hold'];
const PEOPLE = ['bob', 'aicha', 'kenji', 'linnea.s'];
const TASK_TYPES = ['Animation', 'FX', 'Lighting', 'Compositing', 'Layout'];

/** What one edit was. */
export interface Edit {
  /** For people. */
  readonly what: string;
  /** ftrack entities whose values it changed. */
  readonly ids: readonly string[];
}

interface Known {
  readonly sequences: readonly string[];
  readonly shots: string[];
  readonly tasks: string[];
  /** Shots that the edits made themselves; only these are moved and removed. */
  readonly own: Set<string>;
  /** Of these, those that still have the name and place that they were made with. */
  readonly untouched: Set<string>;
  /** Shots that keep their names and places from now on. */
  readonly fixed: Set<string>;
}

/** Random edits by ftrack's people in one project, each of which AYON can follow. */
export class Editor {
  /** Shots and tasks that there were before. */
  readonly seeded: readonly string[];
  private readonly known: Known;
  private readonly random: Random;
  private number = 0;

  constructor(project: Studio['projects'][number], random: Random) {
    const ids = (kind: string): string[] =>
      project.entities.filter(({ type }) => type === kind).map(({ id }) => id);
    this.known = {
      sequences: ids('Sequence'),
      shots: ids('Shot'),
      tasks: ids('Task'),
      own: new Set(),
      untouched: new Set(),
      fixed: new Set(),
    };
    this.seeded = [...this.known.shots, ...this.known.tasks];
    this.random = random;
  }

  /** Where AYON's people may add something of their own: nobody moves or removes these. */
  get sequences(): readonly string[] {
    return this.known.sequences;
  }

  edit(hand: Hand): Edit {
    this.number += 1;
    const { random } = this;
    const { shots, tasks, own, fixed } = this.known;
    const shot = pickOften(shots, random);
    const task = pickOften(tasks, random);
    const mine = own.size === 0 ? undefined : pick([...own], random);
    const actions = [
      () => this.createShot(hand),
      () => this.createTask(hand, shot),
      () => (fixed.has(shot) ? this.setStatus(hand, shot) : this.rename(hand, shot)),
      () => (mine === undefined || fixed.has(mine) ? this.createShot(hand) : this.move(hand, mine)),
      () => (mine === undefined ? this.createShot(hand) : this.remove(hand, mine)),
      () => this.setFrameEnd(hand, shot),
      () => this.reassign(hand, task),
      () => this.describe(hand, task),
      () => this.describeAll(hand, shot),
      () => this.setEnd(hand, task),
      () => this.setStatus(hand, shot),
      () => this.setStatus(hand, task),
    ];
    return pick(actions, random)();
  }

  /**
   * A shot under which AYON's people may publish: AYON then refuses another name or place, so from now on nobody gives
   * it one. It may still be removed. @returns undefined when there is none.
   */
  fix(): string | undefined {
    const { untouched, fixed } = this.known;
    const shot = [...untouched].find((id) => !fixed.has(id));
    if (shot !== undefined) {
      fixed.add(shot);
    }
    return shot;
  }

  private rename(hand: Hand, id: string): Edit {
    this.known.untouched.delete(id);
    hand.rename(id, `sh_${this.number}`);
    return { what: `rename ${id}`, ids: [id] };
  }

  private describe(hand: Hand, id: string): Edit {
    hand.update(id, { description: `text ${this.number}` });
    return { what: `description of ${id}`, ids: [id] };
  }

  /** All tasks of a shot in one commit, which is one event. */
  private describeAll(hand: Hand, shot: string): Edit {
    const ids = [shot, ...this.known.tasks.filter((task) => hand.entity(task).data['parent_id'] === shot)];
    hand.batch(
      ids.map((id) => ({
        action: 'update',
        entity_type: hand.entity(id).type,
        entity_key: [id],
        entity_data: { description: `text ${this.number}` },
      })),
    );
    return { what: `descriptions of ${shot} and its ${ids.length - 1} tasks`, ids };
  }

  private setEnd(hand: Hand, id: string): Edit {
    const day = new Date(Date.UTC(2026, 5, 1 + this.number)).toISOString().slice(0, 10);
    hand.update(id, { end_date: { __type__: 'datetime', value: `${day}T00:00:00` } });
    return { what: `end of ${id}`, ids: [id] };
  }

  private setStatus(hand: Hand, id: string): Edit {
    hand.setStatus(id, pick(STATUSES, this.random));
    return { what: `status of ${id}`, ids: [id] };
  }

  private setFrameEnd(hand: Hand, id: string): Edit {
    const isSet = hand.storedCustomAttribute(id, 'frameEnd') !== undefined;
    const value = isSet && this.random() < 0.4 ? undefined : 1100 + this.number;
    hand.setCustomAttribute(id, 'frameEnd', value);
    return { what: `frameEnd of ${id}${value === undefined ? ' unset' : ''}`, ids: [id] };
  }

  private createShot(hand: Hand): Edit {
    const id = hand.createShot({
      parent: pick(this.known.sequences, this.random),
      name: `new_${this.number}`,
    });
    this.known.shots.push(id);
    this.known.own.add(id);
    this.known.untouched.add(id);
    return { what: `create shot ${id}`, ids: [id] };
  }

  private createTask(hand: Hand, parent: string): Edit {
    const type = pick(TASK_TYPES, this.random);
    const assignees = [pick(PEOPLE, this.random)];
    const id = hand.createTask({ parent, name: `task_${this.number}`, type, assignees });
    this.known.tasks.push(id);
    return { what: `create task ${id} in ${parent}`, ids: [id] };
  }

  private move(hand: Hand, id: string): Edit {
    this.known.untouched.delete(id);
    hand.move(id, pick(this.known.sequences, this.random));
    return { what: `move ${id}`, ids: [id] };
  }

  private remove(hand: Hand, id: string): Edit {
    const { shots, tasks, own, untouched, fixed } = this.known;
    const below = new Set(tasks.filter((task) => hand.entity(task).data['parent_id'] === id));
    hand.remove(id);
    for (const each of [own, untouched, fixed]) {
      each.delete(id);
    }
    shots.splice(shots.indexOf(id), 1);
    tasks.splice(0, tasks.length, ...tasks.filter((task) => !below.has(task)));
    return { what: `remove ${id}`, ids: [id, ...below] };
  }

  private reassign(hand: Hand, task: string): Edit {
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
    return { what: `${isAssigned ? 'unassign' : 'assign'} ${person} ${task}`, ids: [task] };
  }
}
