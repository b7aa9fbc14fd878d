import type { GraphQLSchema } from 'graphql';
import { buildSchema } from 'graphql';
import type { AttributeScope, AttributeType } from '../attributes';
import type { AttributeMap } from '../inheritance';
import { attributesOf } from '../inheritance';

const PAGE = 'first: Int = null, after: String = null, last: Int = null, before: String = null';
const IDS = 'ids: [String!] = null';

const FOLDER_ARGS = `${PAGE}, ${IDS}, parentId: String = null, parentIds: [String!] = null,
  includeFolderChildren: Boolean! = false,
  attributes: [AttributeFilterInput!] = null, folderTypes: [String!] = null, statuses: [String!] = null,
  tags: [String!] = null, paths: [String!] = null, name: String = null, names: [String!] = null,
  hasChildren: Boolean = null, hasProducts: Boolean = null, hasTasks: Boolean = null`;

const TASK_ARGS = `${PAGE}, ${IDS}, taskTypes: [String!] = null, folderIds: [String!] = null,
  includeFolderChildren: Boolean! = false, attributes: [AttributeFilterInput!] = null, names: [String!] = null, statuses: [String!] = null,
  assignees: [String!] = null, assigneesAny: [String!] = null, tags: [String!] = null, tagsAny: [String!] = null`;

const PRODUCT_ARGS = `${PAGE}, ${IDS}, folderIds: [String!] = null, names: [String!] = null,
  namesCi: [String!] = null, productTypes: [String!] = null, productBaseTypes: [String!] = null,
  statuses: [String!] = null, tags: [String!] = null`;

const VERSION_ARGS = `${PAGE}, ${IDS}, version: Int = null, versions: [Int!] = null, statuses: [String!] = null,
  tags: [String!] = null, productIds: [String!] = null, taskIds: [String!] = null, folderIds: [String!] = null,
  authors: [String!] = null, latestOnly: Boolean! = false`;

const REPRESENTATION_ARGS = `${PAGE}, ${IDS}, versionIds: [String!] = null, names: [String!] = null,
  statuses: [String!] = null, tags: [String!] = null`;

const LINK_ARGS = `direction: String = null, linkTypes: [String!] = null, names: [String!] = null,
  first: Int! = 100, after: String = null`;

const ACTIVITY_ARGS = `${PAGE}, entityType: String = null, entityIds: [String!] = null,
  activityTypes: [String!] = null, referenceTypes: [String!] = null, activityIds: [String!] = null,
  tags: [String!] = null, authors: [String!] = null`;

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
  links(${LINK_ARGS}): LinksConnection!`;

/** Fields that each kind of entity has. */
const ENTITY = `${BASE}
  status: String!
  tags: [String!]!
  data: String
  path: String`;

function connection(name: string): string {
  return `
type ${name}sConnection { pageInfo: PageInfo!  edges: [${name}Edge!]! }
type ${name}Edge { node: ${name}Node!  cursor: String }`;
}

const PROJECT = `
type ProjectNode {
  name: String!
  label: String
  projectName: String!
  code: String!
  data: String
  config: String
  active: Boolean!
  library: Boolean!
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

const ENTITIES = `
interface BaseNode {${BASE}
}
type FolderNode implements BaseNode {${ENTITY}
  label: String
  folderType: String!
  parentId: String
  thumbnailId: String
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
  attrib: ProductAttribType!
}
type VersionNode implements BaseNode {${ENTITY}
  version: Int!
  productId: String!
  taskId: String
  thumbnailId: String
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
type FileNode { id: String!  name: String!  path: String!  hash: String  size: String!  hashType: String! }`;

const OTHERS = `
type UserNode {
  name: String!
  active: Boolean!
  createdAt: DateTime!
  updatedAt: DateTime!
  accessGroups: String!
  defaultAccessGroups: [String!]!
  isAdmin: Boolean!
  isManager: Boolean!
  isService: Boolean!
  isGuest: Boolean!
  isDeveloper: Boolean!
  hasPassword: Boolean!
  apiKeyPreview: String
  attrib: UserAttribType!
  allAttrib: String!
}
type EventNode {
  id: String!
  hash: String!
  topic: String!
  project: String
  user: String
  sender: String
  dependsOn: String
  status: String!
  retries: Int!
  description: String!
  summary: String!
  createdAt: DateTime!
  updatedAt: DateTime!
  payload: String
}
type FolderType { name: String!  icon: String  shortName: String  color: String }
type TaskType { name: String!  icon: String  shortName: String  color: String }
type Status {
  name: String!
  shortName: String
  icon: String
  color: String
  state: String
  scope: [String!]
}
type Tag { name: String!  color: String }
type LinksConnection { pageInfo: PageInfo!  edges: [LinkEdge!]! }
type LinkEdge {
  id: String!
  projectName: String!
  entityType: String!
  entityId: String!
  name: String
  linkType: String!
  direction: String!
  author: String
  cursor: String
  node: BaseNode
}
type ActivitiesConnection { pageInfo: PageInfo!  edges: [ActivityEdge!]! }
type ActivityEdge { node: ActivityNode!  cursor: String }
type ActivityNode {
  projectName: String!
  activityId: String!
  referenceType: String!
  activityType: String!
  entityType: String!
  entityId: String
  createdAt: DateTime!
  updatedAt: DateTime!
  creationOrder: Int!
  body: String!
  tags: [String!]!
  activityData: String!
  author: UserNode
}
type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
input AttributeFilterInput { name: String!  values: [String!]! }
scalar DateTime`;

const QUERY = `
type Query {
  project(name: String = null, code: String = null): ProjectNode!
  projects(name: String = null, code: String = null, ${PAGE}): ProjectsConnection!
  users(name: String = null, names: [String!] = null, emails: [String!] = null,
    projectName: String = null, ${PAGE}): UsersConnection!
  user(name: String!): UserNode!
  me: UserNode!
  events(ids: [String!] = null, topics: [String!] = null, projects: [String!] = null,
    users: [String!] = null, statuses: [String!] = null, olderThan: String = null,
    newerThan: String = null, includeLogs: Boolean! = false, ${PAGE}): EventsConnection!
}`;

const CONNECTIONS = ['Project', 'Folder', 'Task', 'Product', 'Version', 'Representation', 'User', 'Event'];

const SCALARS: Readonly<Record<AttributeType, string>> = {
  string: 'String',
  integer: 'Int',
  float: 'Float',
  boolean: 'Boolean',
  datetime: 'DateTime',
  list_of_strings: '[String!]',
};

function attribType(name: string, scope: AttributeScope, attributes: AttributeMap): string {
  const fields = [...attributesOf(attributes, scope).values()].map((attribute) => {
    return `  ${attribute.name}: ${SCALARS[attribute.data.type]}`;
  });
  return `type ${name}AttribType {\n${fields.join('\n')}\n}`;
}

/** The schema as text: a part of the real server's, with the attributes that this server knows. */
function schemaText(attributes: AttributeMap): string {
  const scopes = ['Project', 'Folder', 'Task', 'Product', 'Version', 'Representation', 'User'];
  const attribTypes = scopes.map((name) => {
    return attribType(name, name.toLowerCase() as AttributeScope, attributes);
  });
  return [QUERY, PROJECT, ENTITIES, OTHERS, ...CONNECTIONS.map(connection), ...attribTypes].join('\n');
}

/** The executable schema; nodes resolve their own fields. */
export function ayonSchema(attributes: AttributeMap): GraphQLSchema {
  return buildSchema(schemaText(attributes));
}
