import { ayonId } from '../simulators/ayon';
import type { Hand } from '../simulators/ftrack';
import type { Testbed } from '../testbed';

type Project = ReturnType<Testbed['ayon']['store']['project']>;
/** The AYON entity as its simulator stores it. */
export type Entity = NonNullable<ReturnType<Project['entities']['get']>>;

/** One edit by a person in ftrack, and how to see that it reached AYON. */
export interface Edit {
  readonly who: string;
  readonly what: string;
  /** Makes the edit. @returns the ftrack id of what was edited. */
  readonly make: (hand: Hand) => string;
  readonly arrived: (entity: Entity | undefined) => boolean;
  /** The processor is killed while it writes this one. */
  readonly kill?: true;
  /** Cannot be applied: its event is to be parked, in the project with this code. */
  readonly parks?: string;
}

const FEATURE = 'weisser_wal';
const SPOT = 'nordlicht';
const SEQUENCE = `${FEATURE}/ep101/ep101_sq010`;

type Change = (hand: Hand, id: string) => void;
type Arrived = Edit['arrived'];

/** Edits something that the studio has from the start. */
const at =
  (path: string, change: Change): Edit['make'] =>
  (hand) => {
    const { id } = hand.findByPath(path);
    change(hand, id);
    return id;
  };
const is =
  (field: keyof Entity, value: unknown): Arrived =>
  (entity) =>
    entity?.[field] === value;
const own =
  (key: string, value: unknown): Arrived =>
  (entity) =>
    entity?.attrib[key] === value;

/** Things that the story makes, by a name of its own. */
class Made {
  private readonly ids = new Map<string, string>();

  id(name: string): string {
    const id = this.ids.get(name);
    if (id === undefined) {
      throw new Error(`The story has not made "${name}" yet.`);
    }
    return id;
  }

  make(name: string, create: (hand: Hand) => string): Edit['make'] {
    return (hand) => {
      const id = create(hand);
      this.ids.set(name, id);
      return id;
    };
  }

  again(name: string, change: Change): Edit['make'] {
    return (hand) => {
      change(hand, this.id(name));
      return this.id(name);
    };
  }
}

const edit = ([who, what]: [string, string], make: Edit['make'], arrived: Arrived): Edit => ({
  who,
  what,
  make,
  arrived,
});

/** About a minute in the life of a small studio. */
export function story(): Edit[] {
  const made = new Made();
  return [...feature(made), ...edits(), ...spot(made), end(made)];
}

function feature(made: Made): Edit[] {
  const shot = `${SEQUENCE}/sh010`;
  const newShot = made.make('shot', (hand) =>
    hand.createShot({ parent: hand.findByPath(SEQUENCE).id, name: 'sh030 (neu)' }),
  );
  const task = made.make('task', (hand) =>
    hand.createTask({ parent: made.id('shot'), name: 'lighting', type: 'Lighting', assignees: ['kenji'] }),
  );
  const target = `${FEATURE}/ep101/ep101_sq020`;
  const frames = (value: number | undefined) =>
    at(shot, (hand, id) => hand.setCustomAttribute(id, 'frameEnd', value));
  const move = made.again('shot', (hand, id) => hand.move(id, hand.findByPath(target).id));
  const rename = made.again('shot', (hand, id) => hand.rename(id, 'sh035'));
  let before: string | null | undefined;
  const moved: Arrived = (entity) => {
    before ??= entity?.parentId;
    return entity?.parentId !== before;
  };
  return [
    edit(
      ['bob', 'sh010/animation: status → Pending Review'],
      status(`${shot}/animation`, 'Pending Review'),
      is('status', 'Pending Review'),
    ),
    edit(['aicha', 'creates shot "sh030 (neu)" in ep101_sq010'], newShot, is('label', 'sh030 (neu)')),
    edit(
      ['aicha', 'creates task lighting in it, for kenji'],
      task,
      (entity) => entity?.assignees?.join() === 'kenji',
    ),
    edit(['linnea.s', 'sh010: frameEnd → 1180 (hierarchical)'], frames(1180), own('frameEnd', 1180)),
    edit(['linnea.s', 'sh010: frameEnd unset'], frames(undefined), own('frameEnd', undefined)),
    edit(['aicha', 'renames it to sh035'], rename, is('name', 'sh035')),
    edit(['aicha', 'moves it to ep101_sq020'], move, moved),
  ];
}

const status = (path: string, name: string): Edit['make'] => at(path, (hand, id) => hand.setStatus(id, name));

function edits(): Edit[] {
  const task = `${SEQUENCE}/sh020/compositing`;
  const text = 'Flasche im Gegenlicht';
  const describe = at(`${SPOT}/sq010/sh010`, (hand, id) => hand.update(id, { description: text }));
  const has =
    (user: string, wanted: boolean): Arrived =>
    (entity) =>
      entity?.assignees?.includes(user) === wanted;
  const killed = edit(
    ['bob', 'sh020/animation: status → Approved, processor killed (kill -9) while it writes'],
    status(`${SEQUENCE}/sh020/animation`, 'Approved'),
    is('status', 'Approved'),
  );
  return [
    edit(
      ['juergen.mueller', 'writes a description for Spot sq010/sh010'],
      describe,
      own('description', text),
    ),
    { ...killed, kill: true },
    edit(
      ['kenji', 'sh020/compositing: status → In progress'],
      status(task, 'In progress'),
      is('status', 'In progress'),
    ),
    edit(
      ['juergen.mueller', 'assigns linnea.s to it'],
      at(task, (hand, id) => hand.assign(id, 'linnea.s')),
      has('linnea.s', true),
    ),
    edit(
      ['juergen.mueller', 'takes aicha off it'],
      at(task, (hand, id) => hand.unassign(id, 'aicha')),
      has('aicha', false),
    ),
  ];
}

function spot(made: Made): Edit[] {
  const sequence = made.make('sequence', (hand) =>
    hand.createContext('Sequence', { parent: hand.findByPath(SPOT).id, name: 'sq030' }),
  );
  const shot = (key: string, name: string) =>
    made.make(key, (hand) => hand.createShot({ parent: made.id('sequence'), name }));
  const twin = edit(
    ['aicha', 'creates shot "sh 010" beside sh_010'],
    shot('twin', 'sh 010'),
    (entity) => entity === undefined,
  );
  const rename = made.again('twin', (hand, id) => hand.rename(id, 'sh015'));
  return [
    edit(['aicha', 'Spot: creates sequence sq030'], sequence, is('name', 'sq030')),
    edit(['aicha', 'creates shot sh_010 in it'], shot('spot', 'sh_010'), is('name', 'sh_010')),
    { ...twin, parks: SPOT },
    edit(
      ['aicha', 'renames it to sh015: applied, which resolves the parked event too'],
      rename,
      is('name', 'sh015'),
    ),
    edit(
      ['bob', 'changes the type of sh010/compositing to FX'],
      typeOf(`${SEQUENCE}/sh010/compositing`, 'FX'),
      is('type', 'FX'),
    ),
  ];
}

const typeOf = (path: string, name: string): Edit['make'] =>
  at(path, (hand, id) => hand.update(id, { type_id: hand.idOf('Type', name) }));

const end = (made: Made): Edit =>
  edit(
    ['aicha', 'deletes shot sh035 and its task'],
    made.again('shot', (hand, id) => hand.remove(id)),
    is('active', false),
  );

/** Finds the AYON entity of an ftrack one. */
export function pairOf({ ayon }: Testbed, ftrackId: string): Entity | undefined {
  for (const { entities } of ayon.store.projects.values()) {
    const found = entities.get('folder', ayonId(ftrackId)) ?? entities.get('task', ayonId(ftrackId));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
