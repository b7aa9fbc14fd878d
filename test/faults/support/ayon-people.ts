import type { Editor } from './edits';
import type { Random } from './random';
import { pick, pickOften } from './random';
import type { AyonEntity, Story } from './story';

/** An entity of AYON, and what a person set there that nothing of ours may change. */
interface Kept {
  readonly project: string;
  readonly kind: AyonEntity['kind'];
  readonly id: string;
  /** Fields by name; attributes as `attrib.<name>`. */
  readonly fields: Record<string, unknown>;
}

/** Mapped, but no edit of ftrack's people in a story names it: it waits for its way to ftrack. */
const WAITING = 'fps';

/**
 * What people do in AYON meanwhile, and all of it must survive: values that ftrack does not own, entities that it does
 * not know, and one attribute that is mapped but that no event of ftrack names.
 */
export class AyonPeople {
  /** Edits made. */
  edits = 0;
  private readonly story: Story;
  private readonly editors: readonly Editor[];
  private readonly random: Random;
  private readonly kept = new Map<string, Kept>();
  /** AYON ids of the shots under which something was published, by ftrack id. */
  private readonly published = new Map<string, string>();
  private readonly versions: { readonly project: string; readonly id: string }[] = [];
  /** Shots to publish under as soon as AYON has them. */
  private readonly planned: string[] = [];

  constructor(story: Story, editors: readonly Editor[], random: Random) {
    this.story = story;
    this.editors = editors;
    this.random = random;
  }

  /** @returns what they did, for people. */
  edit(): string {
    this.edits += 1;
    const { random } = this;
    const editor = pick(this.editors, random);
    const seeded = pickOften(editor.seeded, random);
    const parent = pick(editor.sequences, random);
    const actions = [
      () => this.set(seeded, { tags: [`tag_${this.edits}`] }),
      () => this.set(seeded, { attrib: { resolutionWidth: 1000 + this.edits } }),
      () => this.set(seeded, { attrib: { priority: pick(['low', 'high', 'urgent'], random) } }),
      () => this.set(seeded, { attrib: { [WAITING]: 20 + (this.edits % 40) } }),
      () => this.addFolder(parent),
      () => this.plan(editor),
      () => this.plan(editor),
      () => this.review(),
    ];
    const what = pick(actions, random)();
    this.publish();
    return what;
  }

  /** Publishes what is planned where AYON has the shot by now. */
  publish(): void {
    const { ftrack } = this.story.testbed;
    for (const shot of this.planned.splice(0)) {
      if (ftrack.store.context(shot) === undefined) {
        continue;
      }
      const found = this.story.located(shot);
      if (found?.entity.active === true) {
        this.published.set(shot, found.entity.id);
        this.publishUnder(found.project, found.entity.id);
      } else {
        this.planned.push(shot);
      }
    }
  }

  private get ayon() {
    return this.story.testbed.ayon.as('bob');
  }

  private set(ftrackId: string, data: { tags?: string[]; attrib?: Record<string, string | number> }): string {
    const target = this.story.target(ftrackId);
    this.ayon.patch(target, data);
    const attributes = Object.entries(data.attrib ?? {}).map(([name, value]) => [`attrib.${name}`, value]);
    this.keep(target, {
      ...Object.fromEntries(attributes),
      ...(data.tags === undefined ? {} : { tags: data.tags }),
    });
    return `AYON: ${Object.keys({ ...data, ...data.attrib }).at(-1)} of ${target.id}`;
  }

  private keep(target: Omit<Kept, 'fields'>, fields: Kept['fields']): void {
    const key = `${target.project}/${target.kind}/${target.id}`;
    this.kept.set(key, { ...target, fields: { ...this.kept.get(key)?.fields, ...fields } });
  }

  /** A folder with a task that ftrack does not know. */
  private addFolder(sequence: string): string {
    const { project, id: parentId } = this.story.target(sequence);
    const name = `hand_${this.edits}`;
    const id = this.ayon.create({ project, kind: 'folder' }, { name, folderType: 'Folder', parentId });
    const task = this.ayon.create(
      { project, kind: 'task' },
      { name: 'notes', taskType: 'Generic', folderId: id },
    );
    this.keep({ project, kind: 'folder', id }, { name, parentId, active: true });
    this.keep({ project, kind: 'task', id: task }, { name: 'notes', parentId: id, active: true });
    return `AYON: folder ${name} in ${parentId}`;
  }

  private plan(editor: Editor): string {
    const shot = editor.fix();
    if (shot !== undefined) {
      this.planned.push(shot);
    }
    return shot === undefined ? 'AYON: nothing to publish under' : `AYON: publishes under ${shot}`;
  }

  private publishUnder(project: string, folderId: string): void {
    const product = this.ayon.create(
      { project, kind: 'product' },
      { name: 'renderMain', productType: 'render', folderId },
    );
    const version = this.ayon.create(
      { project, kind: 'version' },
      { version: 1, productId: product, author: 'bob' },
    );
    this.versions.push({ project, id: version });
    this.keep({ project, kind: 'product', id: product }, { name: 'renderMain', active: true });
    this.keep({ project, kind: 'version', id: version }, { active: true });
  }

  /** Statuses of versions are AYON's own. */
  private review(): string {
    if (this.versions.length === 0) {
      return 'AYON: nothing to review';
    }
    const { project, id } = pick(this.versions, this.random);
    const status = pick(['In progress', 'Approved', 'Omitted'], this.random);
    this.ayon.patch({ project, kind: 'version', id }, { status });
    this.keep({ project, kind: 'version', id }, { status });
    return `AYON: status of version ${id}`;
  }

  /** What of it did not survive, and how many values were compared. */
  lost(): { readonly compared: number; readonly lost: readonly string[] } {
    const { ayon, ftrack } = this.story.testbed;
    const lost: string[] = [];
    let compared = 0;
    for (const { project, kind, id, fields } of this.kept.values()) {
      const entity = ayon.store.project(project).entities.get(kind, id);
      for (const [field, wanted] of Object.entries(fields)) {
        const present = entity === undefined ? undefined : fieldOf(entity, field);
        compared += 1;
        if (JSON.stringify(present) !== JSON.stringify(wanted)) {
          lost.push(
            `${kind} ${id} in ${project}: ${field} is ${JSON.stringify(present)}, a person set ${JSON.stringify(wanted)}`,
          );
        }
      }
    }
    for (const [shot, id] of this.published) {
      compared += 1;
      const entity = this.story.ayonEntity(id);
      const isMarked = this.isMarked(id);
      if (entity?.active !== true || isMarked !== (ftrack.store.context(shot) === undefined)) {
        lost.push(`published shot ${shot}: active ${entity?.active}, marked as removed ${isMarked}`);
      }
    }
    return { compared, lost };
  }

  private isMarked(id: string): boolean {
    return this.story.ayonEntity(id)?.attrib['ftrackId'] === 'removed';
  }

  /**
   * Whether a difference between both sides is as it shall be: a published folder that stays, or an edit of AYON that
   * nothing carries to ftrack yet.
   */
  isMeant(difference: string): boolean {
    const [, id = '', field] = /\(([^)]+)\): (?:(\w+) is |active in AYON)/.exec(difference) ?? [];
    if (field === undefined) {
      return [...this.published.values()].includes(id) && this.isMarked(id);
    }
    const partner = field === WAITING ? this.story.located(id)?.entity.id : undefined;
    return [...this.kept.values()].some((each) => each.id === partner && `attrib.${WAITING}` in each.fields);
  }
}

function fieldOf(entity: AyonEntity, field: string): unknown {
  const [head = '', name] = field.split('.');
  return name === undefined ? entity[head as keyof AyonEntity] : entity.attrib[name];
}
