import type { Studio, StudioEntity, StudioEntityType, StudioProject, StudioUser } from '../studio';
import { completeStudio } from '../studio/defaults';
import type { StudioAsset, StudioVersion } from '../studio/types';
import type { StatusRow } from './default-anatomy';
import { defaultAnatomy } from './default-anatomy';
import { createEntity } from './entity-writes';
import { attributesOf } from './inheritance';
import type { Json, JsonObject } from './json';
import type { AyonStore } from './store';
import { SERVICE_ORIGIN } from './store';
import { Transaction } from './transaction';

/** Folders bear the display name that ftrack has for the kind of work, where it differs from the word in its API. */
const FOLDER_TYPES: Readonly<Partial<Record<StudioEntityType, string>>> = { AssetBuild: 'Asset Build' };

/** The id that an AYON entity has which was made from an ftrack one: the same uuid without dashes. */
export function ayonId(ftrackId: string): string {
  return ftrackId.replaceAll('-', '');
}

/** An ftrack name in AYON's grammar: what is not allowed becomes `_`, dots and dashes at the ends fall away. */
export function ayonName(name: string): string {
  return name
    .trim()
    .replaceAll(/[^a-zA-Z0-9_.-]/gu, '_')
    .replaceAll(/^[.-]+|[.-]+$/g, '');
}

/** The AYON name of a project: its ftrack full name, in the stricter grammar of projects. */
export function ayonProjectName(project: Pick<StudioProject, 'fullName'>): string {
  return project.fullName.trim().replaceAll(/[^a-zA-Z0-9_]/gu, '_');
}

/** How people of the studio are called in AYON; theirs are legal names in AYON, too. */
export function ayonUserName(username: string): string {
  return username.replaceAll(/[^a-zA-Z0-9_.-]/g, '_');
}

function addPerson(store: AyonStore, user: StudioUser): void {
  const { email, firstName, lastName } = user;
  store.addUser({
    name: ayonUserName(user.username),
    attrib: { fullName: `${firstName} ${lastName}`, email },
    data: { defaultAccessGroups: ['artist'] },
    active: user.isActive ?? true,
  });
}

function statusRows(studio: Studio): StatusRow[] {
  return studio.statuses.map(({ name, state, color }) => {
    const shortName = name
      .replaceAll(/[^A-Za-z]/g, '')
      .slice(0, 3)
      .toUpperCase();
    return { name, shortName, state: state.toLowerCase(), icon: 'circle', color };
  });
}

function midnight(day: string): string {
  return `${day}T00:00:00+00:00`;
}

/** The stored values of one entity or project that AYON has an attribute for. */
function ownValues(values: Readonly<Record<string, Json>>, known: ReadonlyMap<string, unknown>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => known.has(key) && value !== null),
  );
}

/** Makes the AYON side of one project. */
class ProjectSeed {
  readonly #store: AyonStore;
  readonly #studio: Studio;
  readonly #project: StudioProject;
  /** Names of an entity and what is above it, without the project. */
  readonly #ftrackPaths = new Map<string, string>();
  /** By ftrack id: what is a folder or a task in AYON, and the folder that a task is in. */
  readonly #places = new Map<string, { readonly isTask: boolean; readonly folder: string }>();

  /** Short words for what is published, by the name of the asset type. */
  readonly #assetTypes: ReadonlyMap<string, string>;

  constructor(store: AyonStore, studio: Studio, project: StudioProject) {
    const { assetTypes } = completeStudio(studio);
    this.#assetTypes = new Map(assetTypes.map(({ name, short }) => [name, short]));
    this.#store = store;
    this.#studio = studio;
    this.#project = project;
  }

  run(paired: boolean): void {
    const { name: code, fullName, attributes, startDate, endDate } = this.#project;
    const known = attributesOf(this.#store.attributes, 'project');
    const dates = { startDate: midnight(startDate), endDate: midnight(endDate) };
    const own = { ...ownValues(attributes, known), ...dates };
    const project = this.#store.addProject({
      name: ayonProjectName(this.#project),
      code,
      anatomy: this.#anatomy(),
      attrib: paired ? { ...own, ...this.#link(this.#project.id, fullName, known) } : {},
    });
    if (paired) {
      const tx = new Transaction(this.#store, project);
      for (const entity of this.#project.entities.filter(hasCounterpart)) {
        this.#add(tx, entity);
      }
      for (const asset of this.#project.assets ?? []) {
        this.#publish(tx, asset);
      }
      // No commit: a mirrored studio starts without a history of events.
    }
  }

  #anatomy(): ReturnType<typeof defaultAnatomy> {
    const { taskTypes, objectTypes = [] } = this.#studio;
    const own = objectTypes.map(({ name }) => name);
    const folderTypes = ['Folder', 'Episode', 'Sequence', 'Shot', 'Asset Build', ...own];
    return {
      ...defaultAnatomy(),
      folderTypes: folderTypes.map((name) => ({ name, shortName: '', color: '#cccccc', icon: 'folder' })),
      taskTypes: taskTypes
        .filter(({ isAssetType }) => !isAssetType)
        .map(({ name, color }) => ({ name, shortName: '', color, icon: 'task_alt' })),
      statuses: statusRows(this.#studio),
    };
  }

  /** `ftrackId` and `ftrackPath`, as far as the server has them. */
  #link(id: string, path: string, known: ReadonlyMap<string, unknown>): JsonObject {
    return ownValues({ ftrackId: id, ftrackPath: path }, known);
  }

  #add(tx: Transaction, entity: StudioEntity): void {
    const kind = isFolder(entity) ? 'folder' : 'task';
    const above = entity.parent === null ? [] : [this.#ftrackPaths.get(entity.parent)];
    const path = [...above, entity.name].join('/');
    this.#ftrackPaths.set(entity.id, path);
    const known = attributesOf(this.#store.attributes, kind);
    const attrib = {
      ...ownValues(entity.attributes ?? {}, known),
      ...(entity.startDate ? { startDate: midnight(entity.startDate) } : {}),
      ...(entity.endDate ? { endDate: midnight(entity.endDate) } : {}),
      ...(entity.description ? ownValues({ description: entity.description }, known) : {}),
      ...this.#link(entity.id, path, known),
    };
    const data = { ...this.#fields(entity), attrib, ...(entity.status ? { status: entity.status } : {}) };
    createEntity(tx, { kind, id: ayonId(entity.id), data }, SERVICE_ORIGIN);
    const isTask = kind === 'task';
    this.#places.set(entity.id, { isTask, folder: isTask ? (entity.parent ?? '') : entity.id });
  }

  /** An asset is a product of its folder; one of the project itself or of a milestone has no folder in AYON. */
  #publish(tx: Transaction, asset: StudioAsset): void {
    const folder = this.#places.get(asset.parent)?.folder;
    if (folder === undefined) {
      return;
    }
    const type = this.#assetTypes.get(asset.type) ?? asset.type;
    const data = { name: ayonName(asset.name), productType: type, folderId: ayonId(folder) };
    createEntity(tx, { kind: 'product', id: ayonId(asset.id), data }, SERVICE_ORIGIN);
    for (const version of asset.versions) {
      this.#version(tx, version, asset.id);
    }
  }

  #version(tx: Transaction, version: StudioVersion, assetId: string): void {
    const { id, status, task, author, comment = '' } = version;
    const known = attributesOf(this.#store.attributes, 'version');
    const isTask = task !== undefined && this.#places.get(task)?.isTask === true;
    const data = {
      version: version.version,
      productId: ayonId(assetId),
      attrib: { ...ownValues({ comment }, known), ...ownValues({ ftrackId: id }, known) },
      ...(status === undefined ? {} : { status }),
      ...(isTask ? { taskId: ayonId(task) } : {}),
      ...(author === undefined ? {} : { author: ayonUserName(author) }),
    };
    createEntity(tx, { kind: 'version', id: ayonId(id), data }, SERVICE_ORIGIN);
  }

  #fields(entity: StudioEntity): JsonObject {
    const name = ayonName(entity.name);
    const names = name === entity.name ? { name } : { name, label: entity.name };
    const parent = entity.parent === null ? null : ayonId(entity.parent);
    if (isFolder(entity)) {
      const own = this.#studio.objectTypes?.find(({ type }) => type === entity.type);
      const folderType = own?.name ?? FOLDER_TYPES[entity.type] ?? entity.type;
      return { ...names, folderType, parentId: parent };
    }
    const assignees = (entity.assignees ?? []).map(ayonUserName);
    return { ...names, taskType: entity.taskType ?? 'Generic', folderId: parent, assignees };
  }
}

/** Milestones, and tasks outside of any folder, have none. */
function hasCounterpart(entity: StudioEntity): boolean {
  return entity.type !== 'Milestone' && (isFolder(entity) || entity.parent !== null);
}

function isFolder(entity: StudioEntity): boolean {
  return entity.type !== 'Task';
}

/**
 * Fills a store from a studio. `paired`: everything as if it had been synced already. Otherwise only the
 * (empty) projects and the users exist. No events are stored.
 */
export function seedFromStudio(store: AyonStore, studio: Studio, options: { paired: boolean }): void {
  for (const user of studio.users) {
    addPerson(store, user);
  }
  for (const project of studio.projects) {
    new ProjectSeed(store, studio, project).run(options.paired);
  }
}
