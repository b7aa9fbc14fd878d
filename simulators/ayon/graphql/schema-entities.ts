import {
  ACTIVITY_ARGS,
  ENTITY_ACTIVITY_ARGS,
  FOLDER_ARGS,
  LINK_ARGS,
  LIST_ARGS,
  PRODUCT_ARGS,
  PROJECT_LINK_ARGS,
  REPRESENTATION_ARGS,
  TASK_ARGS,
  VERSION_ARGS,
  WORKFILE_ARGS,
} from './schema-arguments';

/** Fields of everything that can be linked. */
const BASE = `
  projectName: String!
  id: String!
  name: String!
  active: Boolean!
  createdBy: String
  updatedBy: String
  createdAt: DateTime!
  updatedAt: DateTime!
  allAttrib: String!
  parents: [String!]!
  links(${LINK_ARGS}): LinksConnection!
  activities(${ENTITY_ACTIVITY_ARGS}): ActivitiesConnection!`;

/** Fields that each kind of entity has. */
const ENTITY = `${BASE}
  status: String!
  tags: [String!]!
  data: String
  path: String`;

/** A project. */
export const PROJECT = `
type ProjectNode {
  name: String!
  label: String
  projectName: String!
  code: String!
  data: String
  config: String
  active: Boolean!
  library: Boolean!
  color: String
  projectFolder: String
  bundle: ProjectBundleType!
  entityList(id: String!): EntityListNode!
  entityLists(${LIST_ARGS}): EntityListsConnection!
  workfile(id: String!): WorkfileNode
  workfiles(${WORKFILE_ARGS}): WorkfilesConnection!
  links(${PROJECT_LINK_ARGS}): ProjectLinksConnection!
  linkTypes(activeOnly: Boolean! = false): [LinkType!]!
  usedTags: [String!]!
  skeleton: Boolean!
  createdAt: DateTime!
  updatedAt: DateTime!
  folder(id: String!): FolderNode
  folders(${FOLDER_ARGS}): FoldersConnection!
  task(id: String!): TaskNode
  tasks(${TASK_ARGS}): TasksConnection!
  product(id: String!): ProductNode
  products(${PRODUCT_ARGS}): ProductsConnection!
  version(id: String!): VersionNode
  versions(${VERSION_ARGS}): VersionsConnection!
  representation(id: String!): RepresentationNode
  representations(${REPRESENTATION_ARGS}): RepresentationsConnection!
  activities(${ACTIVITY_ARGS}): ActivitiesConnection!
  attrib: ProjectAttribType!
  allAttrib: String!
  taskTypes(activeOnly: Boolean! = false): [TaskType!]!
  folderTypes(activeOnly: Boolean! = false): [FolderType!]!
  statuses: [Status!]!
  tags: [Tag!]!
}`;

/** What lies in a project. */
export const ENTITIES = `
interface BaseNode {${BASE}
}
type FolderNode implements BaseNode {${ENTITY}
  label: String
  folderType: String!
  parentId: String
  thumbnailId: String
  thumbnail: ThumbnailInfo
  thumbnailHash: String!
  totalFolderCount: Int!
  totalTaskCount: Int!
  totalProductCount: Int!
  totalVersionCount: Int!
  hasVersions: Boolean!
  hasReviewables: Boolean!
  hasChildren: Boolean!
  hasProducts: Boolean!
  hasTasks: Boolean!
  childCount: Int!
  productCount: Int!
  taskCount: Int!
  type: String!
  parent: FolderNode
  tasks(${TASK_ARGS}): TasksConnection!
  products(${PRODUCT_ARGS}): ProductsConnection!
  attrib: FolderAttribType!
  ownAttrib: [String!]!
}
type TaskNode implements BaseNode {${ENTITY}
  label: String
  taskType: String!
  thumbnailId: String
  thumbnail: ThumbnailInfo
  thumbnailHash: String!
  workfiles(${WORKFILE_ARGS}): WorkfilesConnection!
  assignees: [String!]!
  folderId: String!
  hasReviewables: Boolean!
  type: String!
  folder: FolderNode!
  versions(${VERSION_ARGS}): VersionsConnection!
  attrib: TaskAttribType!
  ownAttrib: [String!]!
}
type ProductNode implements BaseNode {${ENTITY}
  folderId: String!
  productType: String!
  productBaseType: String
  type: String!
  folder: FolderNode!
  versions(${VERSION_ARGS}): VersionsConnection!
  latestVersion: VersionNode
  versionList: [VersionListItem!]!
  attrib: ProductAttribType!
}
type VersionNode implements BaseNode {${ENTITY}
  version: Int!
  productId: String!
  taskId: String
  thumbnailId: String
  thumbnail: ThumbnailInfo
  thumbnailHash: String!
  heroVersionId: String
  isLatestDone: Boolean!
  author: String
  hasReviewables: Boolean!
  isLatest: Boolean!
  product: ProductNode!
  task: TaskNode
  representations(${REPRESENTATION_ARGS}): RepresentationsConnection!
  attrib: VersionAttribType!
}
type RepresentationNode implements BaseNode {${ENTITY}
  versionId: String!
  version: VersionNode!
  traits: String
  files: [FileNode!]!
  fileCount: Int!
  attrib: RepresentationAttribType!
}
type WorkfileNode implements BaseNode {${BASE}
  path: String!
  taskId: String
  thumbnailId: String
  thumbnail: ThumbnailInfo
  thumbnailHash: String!
  status: String!
  data: String
  tags: [String!]!
  task: TaskNode!
  attrib: WorkfileAttribType!
}
type VersionListItem { id: String!  version: Int!  name: String! }
type ThumbnailInfo { id: String!  sourceEntityType: String  sourceEntityId: String  relation: String }
type ProjectBundleType { production: String  staging: String }
type LinkType { name: String!  linkType: String!  inputType: String!  outputType: String!  color: String  style: String! }
enum HasLinksFilter { NONE IN OUT ANY BOTH }
type FileNode { id: String!  name: String!  path: String!  hash: String  size: String!  hashType: String! }`;
