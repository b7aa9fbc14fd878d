import fc from 'fast-check';
import { together } from '../../../src/activities/group';
import type { FtrackEvent } from '../../../src/contracts/messages';
import type { Seen } from './rig';
import { Rig } from './rig';

type Edit =
  | { readonly do: 'create'; readonly at: number; readonly name: string }
  | { readonly do: 'task'; readonly at: number; readonly name: string }
  | { readonly do: 'rename'; readonly at: number; readonly name: string }
  | { readonly do: 'move'; readonly at: number; readonly to: number }
  | { readonly do: 'status'; readonly at: number; readonly status: string }
  | { readonly do: 'frame'; readonly at: number; readonly value: number | undefined }
  | { readonly do: 'assign' | 'unassign' | 'remove'; readonly at: number }
  | { readonly do: 'describe'; readonly at: number; readonly text: string };

// Few places and few names, so that edits meet.
const at = fc.oneof(fc.nat(3), fc.nat(40));
const name = fc.constantFrom('a', 'd 1', 'd_1', 'd.', 'd');
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), at, name }),
  fc.record({ do: fc.constant('task' as const), at, name }),
  fc.record({ do: fc.constant('rename' as const), at, name }),
  fc.record({ do: fc.constant('move' as const), at, to: at }),
  fc.record({
    do: fc.constant('status' as const),
    at,
    status: fc.constantFrom('Approved', 'In progress', 'Omitted'),
  }),
  fc.record({
    do: fc.constant('frame' as const),
    at,
    value: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constantFrom('assign' as const, 'unassign' as const), at }),
  fc.record({ do: fc.constant('remove' as const), at }),
  fc.record({ do: fc.constant('describe' as const), at, text: fc.constantFrom('', 'x', 'y') }),
);

interface Context {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
}

/** Ids in the order in which they were first seen: ids of new entities are random, and the same edits shall meet the same. */
const seen = new WeakMap<Rig, Map<string, number>>();

function orderOf(rig: Rig, id: string): number {
  const known = seen.get(rig) ?? new Map<string, number>();
  seen.set(rig, known);
  return known.get(id) ?? known.set(id, known.size).size - 1;
}

function contexts(rig: Rig): Context[] {
  return [...rig.ftrack.store.tableOf('Context').where('project_id', rig.project.id)]
    .filter(({ type }) => type !== 'Project')
    .map(({ key, type, data }) => ({
      id: key,
      type,
      name: data['name'] as string,
      parent: data['parent_id'] as string,
    }))
    .map((context) => ({ context, order: orderOf(rig, context.id) }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ context }) => context);
}

/** Moves, but not below itself, which ftrack's interface does not offer. */
function move(rig: Rig, { target, to }: { target: Context; to: Context }): void {
  const byId = new Map(contexts(rig).map((each) => [each.id, each]));
  for (let each: Context | undefined = to; each !== undefined; each = byId.get(each.parent)) {
    if (each.id === target.id) {
      return;
    }
  }
  rig.bob.move(target.id, to.id);
}

/** Does the edit; one that ftrack itself refuses (two siblings of one name) is none. */
function perform(rig: Rig, change: Edit): void {
  const all = contexts(rig);
  const target = all[change.at % all.length];
  const folders = all.filter(({ type }) => type !== 'Task');
  const folder = folders[change.at % folders.length];
  if (target === undefined || folder === undefined) {
    return;
  }
  const acts: Record<Edit['do'], () => void> = {
    create: () => 'name' in change && rig.bob.createShot({ parent: folder.id, name: change.name }),
    task: () =>
      'name' in change && rig.bob.createTask({ parent: folder.id, name: change.name, type: 'Layout' }),
    rename: () => 'name' in change && rig.bob.rename(target.id, change.name),
    move: () => 'to' in change && move(rig, { target, to: folders[change.to % folders.length] ?? folder }),
    status: () => 'status' in change && rig.bob.setStatus(target.id, change.status),
    frame: () => 'value' in change && rig.bob.setCustomAttribute(target.id, 'clipIn', change.value),
    assign: () => target.type === 'Task' && rig.bob.assign(target.id, 'kenji'),
    unassign: () => target.type === 'Task' && rig.bob.unassign(target.id, 'kenji'),
    remove: () => rig.bob.remove(target.id),
    describe: () => 'text' in change && rig.bob.update(target.id, { description: change.text }),
  };
  try {
    acts[change.do]();
  } catch {
    // ftrack refused it, as it would a person.
  }
}

interface Shown {
  readonly name: string;
  readonly parent: string | null;
  readonly frame: unknown;
  readonly description: unknown;
  readonly status: unknown;
}

/** Sequences and folders have no status that means anything. */
const hasStatus = (type: string): boolean => type === 'Shot' || type === 'Task';

function wantedOf(rig: Rig, context: Context, nodes: ReadonlyMap<string, Seen>): Shown {
  const { id, type, name: ftrackName, parent } = context;
  const { data } = rig.bob.entity(id);
  const status = rig.ftrack.store.find('Status', data['status_id'] as string)?.data['name'];
  return {
    name: ftrackName,
    parent: parent === rig.project.id ? null : (nodes.get(parent)?.id ?? 'a parent in AYON'),
    frame: rig.bob.storedCustomAttribute(id, 'clipIn') ?? null,
    description: data['description'] || null,
    status: hasStatus(type) ? status : null,
  };
}

const shownOf = (node: Seen, type: string): Shown => ({
  name: node.label ?? node.name,
  parent: node.parentId,
  frame: node.own['clipIn'] ?? null,
  description: node.own['description'] ?? null,
  status: hasStatus(type) ? node.status : null,
});

/** What AYON shows otherwise than ftrack, flagged entities aside. */
async function disagreements(rig: Rig): Promise<string[]> {
  const active = (await rig.all()).filter((node) => node.active && typeof node.own['ftrackId'] === 'string');
  const nodes = new Map(active.map((node) => [node.own['ftrackId'] as string, node]));
  const entities = contexts(rig).filter(({ type }) => type !== 'Milestone');
  const synced = entities.filter(({ id }) => rig.bob.storedCustomAttribute(id, 'ayon_sync_failed') !== true);
  const differing = synced.flatMap((context) => {
    const node = nodes.get(context.id);
    const wanted = JSON.stringify(wantedOf(rig, context, nodes));
    const shown = node && JSON.stringify(shownOf(node, context.type));
    return wanted === shown ? [] : [`${context.id}: ${wanted} but ${shown}`];
  });
  const alive = new Set(entities.map(({ id }) => id));
  const orphans = [...nodes.keys()].filter((id) => !alive.has(id));
  return [...differing, ...orphans.map((id) => `${id}: AYON still has it`)];
}

/** As turns of one event or of several: a group that fails is given up, and each of its events is applied alone. */
async function applyInGroups(rig: Rig, events: readonly FtrackEvent[], sizes: readonly number[]) {
  const rest = [...events];
  for (let turn = 0; rest.length > 0; turn += 1) {
    const group = rest.splice(0, sizes[turn % sizes.length]);
    const [first, ...others] = group;
    const all = first === undefined ? [] : [together(first, others)];
    for (const event of all) {
      await rig.apply(event).catch(() => alone(rig, group));
    }
  }
}

async function alone(rig: Rig, events: readonly FtrackEvent[]): Promise<void> {
  for (const event of events) {
    // What fails now, such as a child of something that comes later, is retried by the workflow.
    await rig.apply(event).catch(() => undefined);
  }
}

const edits = fc.array(edit, { minLength: 10, maxLength: 40, size: 'max' });
const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1 });

describe('any edits, applied late, alone or in groups', () => {
  test('both systems agree at the end, and everything again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(edits, sizes, async (changes, groups) => {
        const rig = await Rig.start();
        try {
          changes.forEach((each) => perform(rig, each));
          const events = rig.take();
          for (let round = 0; round < 3; round += 1) {
            await applyInGroups(rig, events, groups);
          }

          expect(await disagreements(rig)).toEqual([]);
          const again = await Promise.all(events.map((event) => rig.apply(event).catch(() => undefined)));
          expect(again.filter((result) => result?.outcome === 'applied')).toEqual([]);
        } finally {
          await rig.close();
        }
      }),
      { numRuns: Number(process.env['CONVERGENCE_RUNS'] ?? 8), endOnFailure: true },
    );
  }, 120_000);
});
