import type { AttributeDefinition, AttributeScope } from '../attributes';
import type { EntityKind, EntityRecord } from '../entity-kinds';
import type { AttributeMap, Inheritance } from '../inheritance';
import { attributesOf, entityPath, parentNames } from '../inheritance';
import type { Json, JsonObject } from '../json';
import { capitalized, isObject, sortedJson } from '../json';
import type { ProjectRecord } from '../project';
import type { EntityArgs } from './filters';
import { isLatest } from './filters';
import type { LinkArgs } from './link-edges';
import { linksOf } from './link-edges';
import type { Connection } from './paging';

/** What entity nodes need from the request that made them. */
export interface NodeContext {
  readonly project: ProjectRecord;
  readonly attributes: AttributeMap;
  readonly inheritance: Inheritance;
  readonly entity: (kind: EntityKind, id: string | null | undefined) => EntityNode | null;
  readonly entities: (kind: EntityKind, args: EntityArgs) => Connection<EntityNode>;
}

function valueText(value: Json, definition: AttributeDefinition | undefined): string {
  if (typeof value === 'number') {
    const isFloat = definition?.data.type === 'float';
    return isFloat && Number.isInteger(value) ? `${value}.0` : String(value);
  }
  return typeof value === 'string' ? JSON.stringify(value) : sortedJson(value);
}

/** `allAttrib`: JSON with sorted keys, in which whole floats keep their `.0`. */
export function allAttribText(values: JsonObject, attributes: AttributeMap): string {
  let text = '';
  for (const name of Object.keys(values).sort()) {
    // Names of attributes are letters and digits: nothing to escape.
    text += `${text === '' ? '' : ','}"${name}":${valueText(values[name] ?? null, attributes.get(name))}`;
  }
  return `{${text}}`;
}

function textOrNull(value: JsonObject): string | null {
  return Object.keys(value).length === 0 ? null : sortedJson(value);
}

/**
 * One entity of any kind; the schema decides which of the fields a query may ask for. Fields that cost
 * something are methods, so that they run only when asked for.
 */
export class EntityNode {
  readonly #record: EntityRecord;
  readonly #context: NodeContext;
  #values: JsonObject | undefined;

  constructor(record: EntityRecord, context: NodeContext) {
    this.#record = record;
    this.#context = context;
  }

  get __typename(): string {
    return `${capitalized(this.#record.kind)}Node`;
  }

  links(args: LinkArgs) {
    return linksOf(this.#context, this.#record.id, args);
  }

  projectName() {
    return this.#context.project.name;
  }

  id() {
    return this.#record.id;
  }

  name() {
    return this.#record.name;
  }

  label() {
    return this.#record.label;
  }

  active() {
    return this.#record.active;
  }

  createdBy() {
    return this.#record.createdBy;
  }

  updatedBy() {
    return this.#record.updatedBy;
  }

  createdAt() {
    return this.#record.createdAt;
  }

  updatedAt() {
    return this.#record.updatedAt;
  }

  status() {
    return this.#record.status;
  }

  tags() {
    return this.#record.tags;
  }

  type() {
    return this.#record.type;
  }

  folderType() {
    return this.#record.type;
  }

  taskType() {
    return this.#record.type;
  }

  productType() {
    return this.#record.type;
  }

  productBaseType() {
    return this.#record.productBaseType ?? null;
  }

  parentId() {
    return this.#record.parentId;
  }

  folderId() {
    return this.#record.parentId;
  }

  productId() {
    return this.#record.parentId;
  }

  versionId() {
    return this.#record.parentId;
  }

  thumbnailId() {
    return this.#record.thumbnailId ?? null;
  }

  assignees() {
    return this.#record.assignees ?? [];
  }

  taskId() {
    return this.#record.taskId ?? null;
  }

  author() {
    return this.#record.author ?? null;
  }

  hasReviewables() {
    return false;
  }

  data() {
    return textOrNull(this.#record.data);
  }

  path() {
    return entityPath(this.#context.project, this.#record);
  }

  parents() {
    return parentNames(this.#context.project, this.#record);
  }

  attrib() {
    return this.#effective();
  }

  allAttrib() {
    return allAttribText(this.#effective(), this.#context.attributes);
  }

  hasVersions() {
    return this.#context.project.entities.publishedBelow(this.#record.id) > 0;
  }

  childCount() {
    return this.#count('folder');
  }

  taskCount() {
    return this.#count('task');
  }

  productCount() {
    return this.#count('product');
  }

  hasChildren() {
    return this.#count('folder') > 0;
  }

  hasTasks() {
    return this.#count('task') > 0;
  }

  hasProducts() {
    return this.#count('product') > 0;
  }

  parent() {
    return this.#context.entity('folder', this.#record.parentId);
  }

  folder() {
    return this.#context.entity('folder', this.#record.parentId);
  }

  product() {
    return this.#context.entity('product', this.#record.parentId);
  }

  task() {
    return this.#context.entity('task', this.#record.taskId);
  }

  isLatest() {
    return isLatest(this.#context.project, this.#record);
  }

  traits() {
    return this.#record.traits ? sortedJson(this.#record.traits) : null;
  }

  fileCount() {
    return this.#record.files?.length ?? 0;
  }

  files() {
    return (this.#record.files ?? []).map(fileNode);
  }

  /** The number of a version; the version above a representation. */
  version() {
    return this.#record.kind === 'version'
      ? this.#record.version
      : this.#context.entity('version', this.#record.parentId);
  }

  tasks(args: EntityArgs) {
    return this.#context.entities('task', { ...args, folderIds: [this.#record.id] });
  }

  products(args: EntityArgs) {
    return this.#context.entities('product', { ...args, folderIds: [this.#record.id] });
  }

  versions(args: EntityArgs) {
    const below =
      this.#record.kind === 'task' ? { taskIds: [this.#record.id] } : { productIds: [this.#record.id] };
    return this.#context.entities('version', { ...args, ...below });
  }

  representations(args: EntityArgs) {
    return this.#context.entities('representation', { ...args, versionIds: [this.#record.id] });
  }

  latestVersion() {
    const versions = this.#context.project.entities.children('version', this.#record.id);
    const latest = versions.find((version) => isLatest(this.#context.project, version));
    return this.#context.entity('version', latest?.id);
  }

  /**
   * Observed: with at least one own attribute, GraphQL lists every effective one as own; without one, none.
   * Only REST tells which attributes are really own.
   */
  ownAttrib() {
    const own = Object.keys(this.#record.attrib);
    return own.length === 0 ? [] : [...new Set([...own, ...Object.keys(this.#effective())])];
  }

  #effective(): JsonObject {
    this.#values ??= this.#context.inheritance.effective(this.#record);
    return this.#values;
  }

  #count(kind: EntityKind): number {
    return this.#context.project.entities.childIds(kind, this.#record.id).size;
  }
}

function fileNode(file: Json): JsonObject {
  const given = isObject(file) ? file : {};
  const size = given['size'];
  const hashType = given['hashType'] ?? given['hash_type'] ?? 'md5';
  return { ...given, size: typeof size === 'number' ? String(size) : (size ?? '0'), hashType };
}

/** Values of the attributes of a scope, for `attrib` of projects and users. */
export function attribOf(values: JsonObject, scope: AttributeScope, attributes: AttributeMap): JsonObject {
  const names = [...attributesOf(attributes, scope).keys()];
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}
