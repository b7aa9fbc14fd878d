import type { Random } from './random';
import { studioId, studioStatuses } from './tables';
import type { StudioAsset, StudioComponent, StudioEntity, StudioNote, StudioVersion } from './types';
import { answers, remarks } from './vocabulary';

/** What comes out of a type of task: the type of asset and of its main file. */
const products: Readonly<Record<string, readonly [string, string]>> = {
  Modeling: ['Geometry', '.abc'],
  Rigging: ['Rig', '.ma'],
  Lookdev: ['Geometry', '.usd'],
  Layout: ['Camera', '.abc'],
  Animation: ['Animation', '.usd'],
  FX: ['Cache', '.vdb'],
  Lighting: ['Image Sequence', '.exr'],
  Compositing: ['Composition', '.exr'],
};

const states = new Map(studioStatuses.map(({ name, state }) => [name, state]));

/** A task together with where its product goes. */
export interface WorkPlace {
  readonly task: StudioEntity;
  /** Names from the project to the task's parent, joined with `/`. */
  readonly path: string;
  /** Id of the task's parent. */
  readonly parent: string;
}

/** What people published and said about it, for the tasks that somebody has begun. */
export class WorkGenerator {
  readonly assets: StudioAsset[] = [];
  readonly notes: StudioNote[] = [];
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  add(place: WorkPlace): void {
    const { task, path, parent } = place;
    const product = products[task.taskType ?? ''];
    const isBegun = states.get(task.status ?? '') !== 'NOT_STARTED';
    if (product === undefined || !isBegun || !this.random.chance(0.4)) {
      return;
    }
    const [type, fileType] = product;
    const assetPath = `${path}/${task.name}`;
    const count = this.random.whole(1, 4);
    const versions = Array.from({ length: count }, (_, index) =>
      this.version(place, { assetPath, fileType, number: index + 1 }),
    );
    this.assets.push({ id: studioId(`asset/${assetPath}`), name: task.name, type, parent, versions });
    const last = versions.at(-1);
    if (last && this.random.chance(0.4)) {
      this.note(last, task);
    }
  }

  private version(
    { task }: WorkPlace,
    { assetPath, fileType, number }: { assetPath: string; fileType: string; number: number },
  ): StudioVersion {
    const path = `${assetPath}/v${number}`;
    const file = (name: string, type: string): StudioComponent => ({
      id: studioId(`component/${path}/${name}`),
      name,
      fileType: type,
      size: this.random.whole(20_000, 80_000_000),
      path: `${path}/${name}${type}`,
    });
    const author = task.assignees?.[0];
    return {
      id: studioId(`version/${path}`),
      version: number,
      task: task.id,
      status: this.random.pick(studioStatuses).name,
      date: this.date(),
      comment: number === 1 ? 'First version' : this.random.pick(answers),
      components: [file('main', fileType), file('review', '.mov')],
      ...(author === undefined ? {} : { author }),
    };
  }

  private note(version: StudioVersion, task: StudioEntity): void {
    const id = studioId(`note/${version.id}`);
    const date = this.date();
    const author = task.assignees?.[0];
    const reply = {
      id: studioId(`reply/${version.id}`),
      text: this.random.pick(answers),
      date: `${date.slice(0, 10)}T23:59:00`,
      ...(author === undefined ? {} : { author }),
    };
    this.notes.push({
      id,
      parent: version.id,
      text: this.random.pick(remarks),
      date,
      author: 'bob',
      ...(this.random.chance(0.5) ? { replies: [reply] } : {}),
    });
  }

  /** Some working hour of the first half of 2026. */
  private date(): string {
    const two = (value: number): string => String(value).padStart(2, '0');
    const { random } = this;
    return `2026-${two(random.whole(1, 6))}-${two(random.whole(1, 28))}T${two(random.whole(8, 18))}:${two(random.whole(0, 59))}:00`;
  }
}
