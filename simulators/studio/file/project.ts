import { didYouMean } from '../../likely';
import { studioId } from '../tables';
import type {
  StudioAsset,
  StudioComponent,
  StudioEntity,
  StudioList,
  StudioNote,
  StudioProject,
  StudioReviewSession,
  StudioVersion,
} from '../types';
import type { Desk } from './desk';
import { given } from './desk';
import type { Place } from './problems';
import type { AssetInput, EntityInput, NoteInput, ProjectInput, VersionInput } from './shape';

/** Where an entity is: the names from the project down, for ids, and without the project, for references. */
interface Spot {
  readonly id: string;
  readonly path: string;
  readonly place: Place;
}

/** Turns one described project into the flat form that simulators read. */
export class ProjectReader {
  private readonly desk: Desk;
  private readonly input: ProjectInput;
  private readonly place: Place;
  private readonly leaves: ReadonlySet<string>;
  private readonly entities: StudioEntity[] = [];
  private readonly assets: StudioAsset[] = [];
  private readonly notes: StudioNote[] = [];
  /** Ids by path below the project, and by themselves. */
  private readonly entityRefs = new Map<string, string>();
  private readonly versionRefs = new Map<string, string>();
  /** What refers to entities that may come later. */
  private readonly later: (() => void)[] = [];

  constructor(desk: Desk, input: ProjectInput, options: { place: Place; leaves: ReadonlySet<string> }) {
    this.desk = desk;
    this.input = input;
    this.place = options.place;
    this.leaves = options.leaves;
  }

  read(): StudioProject {
    const { desk, input, place } = this;
    const { name, fullName = name, startDate, endDate, status, isPrivate, metadata, attributes } = input;
    const id = desk.id(input.id, `project/${name}`, [...place, 'name']);
    desk.values({ type: 'Project', project: name }, attributes, [...place, 'attributes']);
    this.contents(input, { id, path: name, place });
    this.children(input.entities, { id, path: name, place: [...place, 'entities'] }, true);
    for (const resolve of this.later) {
      resolve();
    }
    return given({
      id,
      name,
      fullName,
      startDate,
      endDate,
      status,
      isPrivate,
      metadata,
      attributes,
      schema: desk.known('project schema', input.schema, [...place, 'schema']),
      team: desk.allKnown('user or group', input.team, [...place, 'team']),
      entities: this.entities,
      assets: this.assets,
      notes: this.notes,
      lists: this.lists(),
      reviewSessions: this.reviewSessions(),
    });
  }

  private children(inputs: readonly EntityInput[], parent: Spot, isTop = false): void {
    const names = inputs.map(({ name }) => name);
    this.desk.unique(names, 'entity of one parent', (index) => [...parent.place, index, 'name']);
    for (const [index, input] of inputs.entries()) {
      const place = [...parent.place, index];
      const path = `${parent.path}/${input.name}`;
      const id = this.desk.id(input.id, `entity/${path}`, [...place, 'name']);
      this.entity(input, { id, path, place }, isTop ? null : parent.id);
    }
  }

  private entity(input: EntityInput, spot: Spot, parent: string | null): void {
    const { desk } = this;
    const at = (key: string): Place => [...spot.place, key];
    const { name, description, startDate, endDate, bid, attributes, metadata } = input;
    const type = desk.known('object type', input.type, at('type'));
    desk.values({ type, project: this.input.name }, attributes, at('attributes'));
    this.entityRefs.set(spot.path.slice(this.input.name.length + 1), spot.id).set(spot.id, spot.id);
    const after: string[] = [];
    this.entities.push(
      given({
        id: spot.id,
        name,
        type,
        parent,
        description,
        startDate,
        endDate,
        bid,
        attributes,
        metadata,
        taskType: desk.known('task type', input.taskType, at('taskType')),
        status: desk.known('status', input.status, at('status')),
        priority: desk.known('priority', input.priority, at('priority')),
        assignees: desk.allKnown('user', input.assignees, at('assignees')),
        after: input.after && after,
      }),
    );
    this.later.push(() => after.push(...this.refs('entity', input.after ?? [], at('after'))));
    this.contents(input, spot);
    if (input.children && this.leaves.has(type)) {
      desk.problems.add(at('children'), `nothing can be below a ${type}`);
    }
    this.children(input.children ?? [], { ...spot, place: at('children') });
  }

  private contents(
    input: { readonly assets?: AssetInput[] | undefined; readonly notes?: NoteInput[] | undefined },
    spot: Spot,
  ): void {
    const assets = input.assets ?? [];
    const names = assets.map(({ name }) => name);
    this.desk.unique(names, 'asset of one entity', (index) => [...spot.place, 'assets', index, 'name']);
    for (const [index, asset] of assets.entries()) {
      this.asset(asset, { ...spot, place: [...spot.place, 'assets', index] });
    }
    this.addNotes(input.notes, spot);
  }

  private asset(input: AssetInput, parent: Spot): void {
    const path = `${parent.path}/${input.name}`;
    const id = this.desk.id(input.id, `asset/${path}`, [...parent.place, 'name']);
    const type = this.desk.known('asset type', input.type, [...parent.place, 'type']);
    const versions: StudioVersion[] = [];
    for (const [index, version] of input.versions.entries()) {
      const number = version.version ?? (versions.at(-1)?.version ?? 0) + 1;
      const place = [...parent.place, 'versions', index];
      if (number <= (versions.at(-1)?.version ?? 0)) {
        this.desk.problems.add([...place, 'version'], 'must be greater than that of the version before it');
      }
      versions.push(this.version(version, { number, path: `${path}/v${number}`, place }));
    }
    this.assets.push({ id, name: input.name, type, parent: parent.id, versions });
  }

  private version(input: VersionInput, spot: { number: number; path: string; place: Place }): StudioVersion {
    const { desk } = this;
    const at = (key: string): Place => [...spot.place, key];
    const id = desk.id(input.id, `version/${spot.path}`, spot.place);
    this.versionRefs.set(spot.path.slice(this.input.name.length + 1), id).set(id, id);
    desk.values({ type: 'AssetVersion', project: this.input.name }, input.attributes, at('attributes'));
    this.addNotes(input.notes, { id, path: spot.path, place: spot.place });
    const { comment, date, attributes } = input;
    const version: { -readonly [K in keyof StudioVersion]: StudioVersion[K] } = given({
      id,
      version: spot.number,
      comment,
      date,
      attributes,
      status: desk.known('status', input.status, at('status')),
      author: desk.known('user', input.author, at('author')),
      components: input.components?.map((component, index): StudioComponent => {
        const place = [...at('components'), index];
        desk.known('location', component.location, [...place, 'location']);
        return given({
          ...component,
          id: desk.id(component.id, `component/${spot.path}/${component.name}`, place),
        });
      }),
    });
    const { task } = input;
    if (task !== undefined) {
      this.later.push(() => {
        version.task = this.ref('entity', task, at('task')) ?? task;
      });
    }
    return version;
  }

  private addNotes(inputs: readonly NoteInput[] | undefined, owner: Spot): void {
    for (const [index, note] of (inputs ?? []).entries()) {
      const place = [...owner.place, 'notes', index];
      const path = `${owner.path}/note ${index}`;
      const replies = note.replies?.map((reply, count) =>
        this.remark(reply, { path: `${path}/${count}`, place: [...place, 'replies', count] }),
      );
      const parent = owner.id;
      this.notes.push(given({ ...this.remark(note, { path, place }), parent, replies }));
    }
  }

  private remark(
    { id, text, author, date }: Omit<NoteInput, 'replies'>,
    { path, place }: { path: string; place: Place },
  ): Omit<StudioNote, 'parent' | 'replies'> {
    this.desk.known('user', author, [...place, 'author']);
    return given({ id: this.desk.id(id, `note/${path}`, place), text, author, date });
  }

  private lists(): StudioList[] | undefined {
    return this.input.lists?.map((list, index) => {
      const place = [...this.place, 'lists', index];
      const type = list.of === 'versions' ? 'AssetVersionList' : 'TypedContextList';
      this.desk.values({ type, project: this.input.name }, list.attributes, [...place, 'attributes']);
      this.desk.known('user', list.owner, [...place, 'owner']);
      return given({
        ...list,
        id: this.desk.id(list.id, `list/${this.input.name}/${list.name}`, [...place, 'name']),
        items: this.refs(list.of === 'versions' ? 'version' : 'entity', list.items, [...place, 'items']),
      });
    });
  }

  private reviewSessions(): StudioReviewSession[] | undefined {
    return this.input.reviewSessions?.map((session, index) => {
      const place = [...this.place, 'reviewSessions', index];
      const path = `${this.input.name}/${session.name}`;
      return given({
        ...session,
        id: this.desk.id(session.id, `review/${path}`, [...place, 'name']),
        versions: this.refs('version', session.versions, [...place, 'versions']),
        invitees: session.invitees?.map((invitee) => ({
          ...invitee,
          id: invitee.id ?? studioId(`invitee/${path}/${invitee.email}`),
        })),
      });
    });
  }

  private refs(kind: 'entity' | 'version', refs: readonly string[], place: Place): string[] {
    return refs.map((ref, index) => this.ref(kind, ref, [...place, index])).filter((id) => id !== undefined);
  }

  private ref(kind: 'entity' | 'version', ref: string, place: Place): string | undefined {
    const known = kind === 'entity' ? this.entityRefs : this.versionRefs;
    const id = known.get(ref);
    if (id === undefined) {
      const example = kind === 'entity' ? 'sq010/sh010/animation' : 'sq010/sh010/animation/v2';
      const hint = didYouMean(ref, known.keys()) || `; write the path below the project, as in ${example}`;
      this.desk.problems.add(
        place,
        `${JSON.stringify(ref)} is no ${kind} of project ${this.input.name}${hint}`,
      );
    }
    return id;
  }
}
