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
}

const FEATURE = 'weisser_wal';
const SPOT = 'nordlicht';

/** About a minute in the life of a small studio. */
export function story(): Edit[] {
  const made: Record<string, string> = {};
  const at =
    (path: string, change: (hand: Hand, id: string) => void) =>
    (hand: Hand): string => {
      const { id } = hand.findByPath(path);
      change(hand, id);
      return id;
    };
  const again =
    (name: string, change: (hand: Hand, id: string) => void) =>
    (hand: Hand): string => {
      const id = made[name] ?? '';
      change(hand, id);
      return id;
    };
  const create = (name: string, make: (hand: Hand) => string) => (hand: Hand) => (made[name] = make(hand));
  const is = (field: keyof Entity, value: unknown) => (entity: Entity | undefined) =>
    entity?.[field] === value;
  const own = (key: string, value: unknown) => (entity: Entity | undefined) => entity?.attrib[key] === value;
  const shot = `${FEATURE}/ep101/ep101_sq010/sh010`;
  return [
    {
      who: 'bob',
      what: 'sh010/animation: status → Pending Review',
      make: at(`${shot}/animation`, (hand, id) => hand.setStatus(id, 'Pending Review')),
      arrived: is('status', 'Pending Review'),
    },
    {
      who: 'aicha',
      what: 'creates shot "sh030 (neu)" in ep101_sq010',
      make: create('shot', (hand) =>
        hand.createShot({ parent: hand.findByPath(`${FEATURE}/ep101/ep101_sq010`).id, name: 'sh030 (neu)' }),
      ),
      arrived: is('label', 'sh030 (neu)'),
    },
    {
      who: 'aicha',
      what: 'creates task lighting in it, for kenji',
      make: create('task', (hand) =>
        hand.createTask({
          parent: made['shot'] ?? '',
          name: 'lighting',
          type: 'Lighting',
          assignees: ['kenji'],
        }),
      ),
      arrived: (entity) => entity?.assignees?.join() === 'kenji',
    },
    {
      who: 'linnea.s',
      what: 'sh010: frameEnd → 1180 (hierarchical)',
      make: at(shot, (hand, id) => hand.setCustomAttribute(id, 'frameEnd', 1180)),
      arrived: own('frameEnd', 1180),
    },
    {
      who: 'linnea.s',
      what: 'sh010: frameEnd unset',
      make: at(shot, (hand, id) => hand.setCustomAttribute(id, 'frameEnd', undefined)),
      arrived: own('frameEnd', undefined),
    },
    {
      who: 'aicha',
      what: 'renames it to sh035',
      make: again('shot', (hand, id) => hand.rename(id, 'sh035')),
      arrived: is('name', 'sh035'),
    },
    {
      who: 'aicha',
      what: 'moves it to ep101_sq020',
      make: again('shot', (hand, id) =>
        hand.move(id, (made['target'] = hand.findByPath(`${FEATURE}/ep101/ep101_sq020`).id)),
      ),
      arrived: (entity) => entity?.parentId === ayonId(made['target'] ?? ''),
    },
    {
      who: 'juergen.mueller',
      what: 'writes a description for Spot sq010/sh010',
      make: at(`${SPOT}/sq010/sh010`, (hand, id) =>
        hand.update(id, { description: 'Flasche im Gegenlicht' }),
      ),
      arrived: own('description', 'Flasche im Gegenlicht'),
    },
    {
      who: 'bob',
      what: 'sh020/animation: status → Approved, processor killed (kill -9) while it writes',
      make: at(`${FEATURE}/ep101/ep101_sq010/sh020/animation`, (hand, id) => hand.setStatus(id, 'Approved')),
      arrived: is('status', 'Approved'),
      kill: true,
    },
    {
      who: 'kenji',
      what: 'sh020/compositing: status → In progress',
      make: at(`${FEATURE}/ep101/ep101_sq010/sh020/compositing`, (hand, id) =>
        hand.setStatus(id, 'In progress'),
      ),
      arrived: is('status', 'In progress'),
    },
    {
      who: 'juergen.mueller',
      what: 'assigns linnea.s to sh020/compositing',
      make: at(`${FEATURE}/ep101/ep101_sq010/sh020/compositing`, (hand, id) => hand.assign(id, 'linnea.s')),
      arrived: (entity) => entity?.assignees?.includes('linnea.s') === true,
    },
    {
      who: 'juergen.mueller',
      what: 'takes aicha off sh020/compositing',
      make: at(`${FEATURE}/ep101/ep101_sq010/sh020/compositing`, (hand, id) => hand.unassign(id, 'aicha')),
      arrived: (entity) => entity?.assignees?.includes('aicha') === false,
    },
    {
      who: 'aicha',
      what: 'Spot: creates sequence sq030',
      make: create('sequence', (hand) =>
        hand.createContext('Sequence', { parent: hand.findByPath(SPOT).id, name: 'sq030' }),
      ),
      arrived: is('name', 'sq030'),
    },
    {
      who: 'aicha',
      what: 'Spot: creates shot sq030/sh010',
      make: create('spot', (hand) => hand.createShot({ parent: made['sequence'] ?? '', name: 'sh010' })),
      arrived: is('name', 'sh010'),
    },
    {
      who: 'bob',
      what: 'changes the type of sh010/compositing to FX',
      make: at(`${shot}/compositing`, (hand, id) => hand.update(id, { type_id: hand.idOf('Type', 'FX') })),
      arrived: is('type', 'FX'),
    },
    {
      who: 'aicha',
      what: 'deletes shot sh035 and its task',
      make: again('shot', (hand, id) => hand.remove(id)),
      arrived: is('active', false),
    },
  ];
}

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
