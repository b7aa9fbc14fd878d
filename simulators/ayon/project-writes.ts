import { readAnatomy } from './anatomy-read';
import { NAME_PATTERN, readAttributes } from './entity-input';
import type { Issue } from './errors';
import { fault, issuesText, patternIssue, unhandled } from './errors';
import type { Origin } from './event-log';
import { attributesOf } from './inheritance';
import type { Json, JsonObject } from './json';
import { isObject, sameJson, snakeCase } from './json';
import type { ProjectRecord } from './project';
import { mergeValues } from './project';
import type { ListChange } from './project-lists';
import { followRenames, NAMED_LISTS, readList, refuseLoss } from './project-lists';
import type { AyonStore } from './store';
import { moveGroups } from './users';

const CODE_PATTERN = '^[a-zA-Z0-9_]*$';

function refuseBadName(given: { name: string; code: string }): void {
  const issues: Issue[] = [];
  if (!new RegExp(NAME_PATTERN).test(given.name)) {
    issues.push(patternIssue(['name'], NAME_PATTERN));
  } else if (!new RegExp(CODE_PATTERN).test(given.name)) {
    issues.push(patternIssue(['name'], CODE_PATTERN));
  }
  if (!new RegExp(CODE_PATTERN).test(given.code)) {
    issues.push(patternIssue(['code'], CODE_PATTERN));
  }
  if (issues.length > 0) {
    throw unhandled(`pydantic.error_wrappers.ValidationError: ${issuesText('ProjectModel', issues)}`);
  }
}

function refuseTaken(store: AyonStore, given: { name: string; code: string }): void {
  const code = given.code.toLowerCase();
  const taken = [...store.projects.values()].some((project) => project.code.toLowerCase() === code);
  if (taken || store.projects.has(given.name.toLowerCase())) {
    throw fault(409, `Project ${given.name} (${given.code}) already exists`);
  }
}

/** The anatomy of a preset; `_` is the built-in one. */
function presetOf(store: AyonStore, name: Json | undefined): JsonObject {
  if (typeof name !== 'string' || name === '_') {
    return {};
  }
  const preset = store.anatomyPresets.get(name);
  if (!preset) {
    throw fault(404, `Anatomy preset ${name} not found`);
  }
  return preset;
}

function attributesIn(store: AyonStore, given: Json | undefined): JsonObject {
  const issues: Issue[] = [];
  const attrib = readAttributes(given, attributesOf(store.attributes, 'project'), issues);
  if (issues.length > 0) {
    throw fault(400, `Invalid data provided: ${issuesText('ProjectPatchModel', issues)}`);
  }
  return attrib;
}

/** `POST /api/projects`. */
export function createProject(store: AyonStore, body: JsonObject, origin: Origin): ProjectRecord {
  const { name, code } = body;
  if (typeof name !== 'string' || typeof code !== 'string') {
    throw fault(400, 'A project needs a name and a code');
  }
  const given = isObject(body['anatomy']) ? body['anatomy'] : presetOf(store, body['anatomyPreset']);
  const anatomy = readAnatomy(given);
  refuseTaken(store, { name, code });
  refuseBadName({ name, code });
  const attrib = mergeValues({}, attributesIn(store, given['attributes']));
  const library = body['library'] === true;
  const skeleton = body['skeleton'] === true;
  const label = typeof body['label'] === 'string' ? body['label'] : null;
  const color = typeof body['color'] === 'string' ? body['color'] : null;
  const assignUsers = body['assignUsers'] !== false;
  const project = store.addProject(
    { name, code, library, label, skeleton, color, anatomy, attrib },
    assignUsers,
  );
  const description = `Created project ${name}`;
  const topic = skeleton ? 'entity.project_skeleton.created' : 'entity.project.created';
  store.events.add({ topic, project: name, description }, origin);
  return project;
}

/**
 * `POST /api/projects/{p}/rename {name, code?}`.
 * @throws AyonFault 400 once the project has thumbnails, 409 for a name or code that is taken
 */
export function renameProject(
  store: AyonStore,
  at: { project: ProjectRecord; body: JsonObject },
  origin: Origin,
): void {
  const { project, body } = at;
  const { name, code = project.code } = body;
  if (typeof name !== 'string' || typeof code !== 'string' || project.thumbnails.size > 0) {
    throw fault(400, project.thumbnails.size > 0 ? 'Project has thumbnails' : 'A project needs a name');
  }
  store.projects.delete(project.name.toLowerCase());
  try {
    refuseTaken(store, { name, code });
    refuseBadName({ name, code });
  } catch (error) {
    store.projects.set(project.name.toLowerCase(), project);
    throw error;
  }
  const old = project.name;
  Object.assign(project, { name, code, updatedAt: store.clock.now() });
  store.projects.set(name.toLowerCase(), project);
  for (const user of store.users.values()) {
    moveGroups(user, old, name);
  }
  const description = `Renamed project ${old} to ${name}`;
  const payload = { oldValue: old, newValue: name };
  store.events.add({ topic: 'entity.project.renamed', project: name, description, payload }, origin);
}

/** `DELETE /api/projects/{p}`. */
export function deleteProject(store: AyonStore, project: ProjectRecord, origin: Origin): void {
  store.projects.delete(project.name.toLowerCase());
  const description = `Deleted project ${project.name}`;
  store.events.add({ topic: 'entity.project.deleted', project: project.name, description }, origin);
}

/** Plain fields of a project, with the name in the event, and what their values must be. */
const PLAIN_FIELDS = {
  label: 'text',
  color: 'text',
  active: 'boolean',
  library: 'boolean',
  code: 'string',
  config: 'object',
  tags: 'list',
  linkTypes: 'list',
} as const;

function kindOf(value: Json): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/**
 * The value of a plain field; undefined where there is nothing to change. Null empties texts only.
 * @throws AyonFault 400
 */
function plainValue(body: JsonObject, key: PlainField): Json | undefined {
  const value = body[key];
  const wanted = PLAIN_FIELDS[key];
  if (value === undefined || value === null) {
    return wanted === 'text' ? value : undefined;
  }
  if (kindOf(value) !== (wanted === 'text' ? 'string' : wanted)) {
    throw fault(400, `Invalid data provided: ${key} is not a valid ${wanted}`);
  }
  return value;
}

type PlainField = keyof typeof PLAIN_FIELDS;

const PLAIN_KEYS = Object.keys(PLAIN_FIELDS) as PlainField[];

class ProjectPatch {
  readonly #store: AyonStore;
  readonly #project: ProjectRecord;
  readonly #origin: Origin;

  constructor(store: AyonStore, project: ProjectRecord, origin: Origin) {
    this.#store = store;
    this.#project = project;
    this.#origin = origin;
  }

  apply(body: JsonObject): void {
    // Everything that can refuse the request comes first, so that nothing is half changed.
    const attrib = attributesIn(this.#store, body['attrib']);
    const lists = this.#lists(body);
    const plain = PLAIN_KEYS.map((key) => [key, plainValue(body, key)] as const);
    this.#plain(plain);
    this.#attributes(attrib);
    this.#data(body['data']);
    for (const change of lists) {
      this.#replace(change);
    }
    this.#project.updatedAt = this.#store.clock.now();
    this.#emit('changed', `Updated project ${this.#project.name}`, {});
  }

  #lists(body: JsonObject): ListChange[] {
    const changes: ListChange[] = [];
    for (const list of NAMED_LISTS) {
      const value = body[list.key] ?? body[snakeCase(list.key)];
      if (value !== undefined && value !== null) {
        changes.push(readList(list, value));
      }
    }
    for (const change of changes) {
      refuseLoss(this.#project, change);
    }
    return changes;
  }

  #emit(topic: string, description: string, payload: JsonObject): void {
    const event = { topic: `entity.project.${topic}`, project: this.#project.name, description, payload };
    this.#store.events.add(event, this.#origin);
  }

  #plain(plain: readonly (readonly [PlainField, Json | undefined])[]): void {
    for (const [key, newValue] of plain) {
      const oldValue = this.#project[key];
      if (newValue !== undefined && !sameJson(newValue, oldValue)) {
        Object.assign(this.#project, { [key]: newValue });
        const column = snakeCase(key);
        const payload = { oldValue, newValue };
        this.#emit(`${column}_changed`, `Changed project ${column}`, payload);
      }
    }
  }

  #attributes(given: JsonObject): void {
    const before = this.#project.attrib;
    const after = mergeValues(before, given);
    const oldValue: JsonObject = {};
    const newValue: JsonObject = {};
    for (const name of Object.keys(given)) {
      if (!sameJson(before[name], after[name])) {
        newValue[name] = after[name] ?? null;
        oldValue[name] = before[name];
      }
    }
    if (Object.keys(newValue).length > 0) {
      this.#project.attrib = after;
      this.#emit('attrib_changed', 'Changed project attributes', { oldValue, newValue });
    }
  }

  #data(given: Json | undefined): void {
    const oldValue = this.#project.data;
    const newValue = isObject(given) ? mergeValues(oldValue, given) : oldValue;
    if (!sameJson(oldValue, newValue)) {
      this.#project.data = newValue;
      this.#emit('data_changed', 'Changed project data', { oldValue, newValue });
    }
  }

  #replace(change: ListChange): void {
    const oldValue = this.#project[change.key].map((row) => ({ ...row })) as JsonObject[];
    if (sameJson(oldValue, change.rows)) {
      return;
    }
    Object.assign(this.#project, { [change.key]: change.rows });
    followRenames(this.#project, change);
    const column = snakeCase(change.key);
    const payload = { oldValue, newValue: change.rows };
    this.#emit(`${column}_changed`, `Changed project ${column.replace('_', ' ')}`, payload);
  }
}

/** `PATCH /api/projects/{p}`: lists replace whole lists, attributes and data are merged. */
export function patchProject(
  store: AyonStore,
  at: { project: ProjectRecord; body: JsonObject },
  origin: Origin,
): void {
  new ProjectPatch(store, at.project, origin).apply(at.body);
}
