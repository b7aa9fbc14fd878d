import type { EntityKind, EntityRecord } from '../entity-kinds';
import type { AttributeMap, Inheritance } from '../inheritance';
import { entityPath, parentNames } from '../inheritance';
import type { JsonObject } from '../json';
import { capitalized, sortedJson } from '../json';
import type { ProjectRecord } from '../project';
import { hasReviewables } from '../reviewables';
import type { ActivityArgs } from './activity-nodes';
import type { EntityArgs } from './filters';
import { isLatest } from './filters';
import type { LinkArgs } from './link-edges';
import { linksOf } from './link-edges';
import type { Connection } from './paging';
import { allAttribText, fileNode, textOrNull } from './values';

/** What entity nodes need from the request that made them. */
export interface NodeContext {
  readonly project: ProjectRecord;
  readonly attributes: AttributeMap;
  readonly inheritance: Inheritance;
  readonly entity: (kind: EntityKind, id: string | null | undefined) => EntityNode | null;
  readonly entities: (kind: EntityKind, args: EntityArgs) => Connection<EntityNode>;
  readonly activities: (args: ActivityArgs) => Connection<JsonObject>;
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
    return (this.#record.kind === 'workfile' ? this.#record.parentId : this.#record.taskId) ?? null;
  }

  author() {
    return this.#record.author ?? null;
  }

  hasReviewables() {
    return hasReviewables(this.#context.project, this.#record);
  }

  activities(args: ActivityArgs) {
    return this.#context.activities({ ...args, entityIds: [this.#record.id] });
  }

  thumbnail() {
    const id = this.#record.thumbnailId ?? null;
    return id === null ? null : { id, sourceEntityType: null, sourceEntityId: null, relation: null };
  }

  thumbnailHash() {
    return this.#record.thumbnailId?.slice(0, 6) ?? this.#record.id.slice(-6);
  }

  totalFolderCount() {
    return this.#below().length;
  }

  totalTaskCount() {
    return this.#total('task');
  }

  totalProductCount() {
    return this.#total('product');
  }

  totalVersionCount() {
    return this.#context.project.entities.publishedBelow(this.#record.id);
  }

  versionList() {
    const versions = this.#context.project.entities.children('version', this.#record.id);
    return versions.map(({ id, version, name }) => ({ id, version, name }));
  }

  heroVersionId() {
    const { entities } = this.#context.project;
    const hero = -(this.#record.version ?? 0);
    const siblings = entities.children('version', this.#record.parentId);
    return siblings.find(({ version }) => hero < 0 && version === hero)?.id ?? null;
  }

  /** The highest number among the versions whose status means done. */
  isLatestDone() {
    const { entities, statuses } = this.#context.project;
    const done = new Set(statuses.filter(({ state }) => state === 'done').map(({ name }) => name));
    const siblings = entities.children('version', this.#record.parentId);
    const latest = siblings
      .filter(({ status }) => done.has(status))
      .sort((a, b) => (b.version ?? 0) - (a.version ?? 0))[0];
    return latest?.id === this.#record.id;
  }

  workfiles(args: EntityArgs) {
    return this.#context.entities('workfile', { ...args, taskIds: [this.#record.id] });
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
    const { kind, parentId, taskId } = this.#record;
    return this.#context.entity('task', kind === 'workfile' ? parentId : taskId);
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

  /** Ids of all folders below this one. */
  #below(folderId = this.#record.id): string[] {
    const children = [...this.#context.project.entities.childIds('folder', folderId)];
    return children.flatMap((id) => [id, ...this.#below(id)]);
  }

  #total(kind: EntityKind): number {
    const { entities } = this.#context.project;
    const folders = [this.#record.id, ...this.#below()];
    return folders.reduce((sum, id) => sum + entities.childIds(kind, id).size, 0);
  }

  #count(kind: EntityKind): number {
    return this.#context.project.entities.childIds(kind, this.#record.id).size;
  }
}
