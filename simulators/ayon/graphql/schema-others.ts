import { PAGE } from './schema-arguments';

/** People, events, links, lists, activities. */
export const OTHERS = `
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
  isStagingAllowed: Boolean!
  disablePasswordLogin: Boolean!
  deleted: Boolean!
  inviteSentAt: DateTime
  inviteAcceptedAt: DateTime
  userPool: String
  tasks(projectName: String!): TasksConnection!
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
  description: String!
  author: String
  cursor: String
  data: JSON!
  node: BaseNode
}
type ProjectLinksConnection { pageInfo: PageInfo!  edges: [ProjectLinkEdge!]! }
type ProjectLinkEdge {
  id: String!
  projectName: String!
  linkType: String!
  inputType: String!
  outputType: String!
  inputId: String!
  outputId: String!
  name: String
  author: String
  createdAt: DateTime!
  cursor: String
  data: JSON!
  inputNode: BaseNode
  outputNode: BaseNode
}
type EntityListNode {
  projectName: String!
  id: String!
  entityType: String!
  entityListType: String!
  entityListFolderId: String
  label: String!
  access: String!
  allAttrib: String!
  tags: [String!]!
  owner: String
  active: Boolean!
  createdAt: DateTime!
  updatedAt: DateTime!
  createdBy: String
  updatedBy: String
  count: Int!
  data: String!
  items(${PAGE}, sortBy: String = null, filter: String = null): EntityListItemsConnection!
  accessLevel: Int!
}
type EntityListItemsConnection { pageInfo: PageInfo!  edges: [EntityListItemEdge!]! }
type EntityListItemEdge {
  id: String!
  projectName: String!
  entityType: String!
  entityId: String!
  position: Int!
  attrib: String!
  folderPath: String!
  tags: [String!]!
  createdBy: String
  updatedBy: String
  createdAt: DateTime!
  updatedAt: DateTime!
  cursor: String
  allAttrib: String!
  ownAttrib: [String!]!
  data: String!
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
  referenceId: String!
  entityName: String
  entityPath: String
  referenceData: String!
  active: Boolean!
  origin: ActivityOriginNode
  parents: [ActivityOriginNode!]!
  author: UserNode
  version: VersionNode
  files: [ActivityFileNode!]!
}
type ActivityOriginNode { id: String!  type: String!  subtype: String  name: String!  label: String  link: String! }
type ActivityFileNode {
  id: String!
  size: String!
  author: String
  name: String
  mime: String
  createdAt: DateTime!
  updatedAt: DateTime!
}
type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
input AttributeFilterInput { name: String!  values: [String!]! }
scalar DateTime
scalar JSON`;

/** The root. */
export const QUERY = `
type Query {
  project(name: String = null, code: String = null): ProjectNode!
  projects(name: String = null, code: String = null, includeSkeleton: Boolean! = false,
    ${PAGE}): ProjectsConnection!
  users(name: String = null, names: [String!] = null, emails: [String!] = null,
    projectName: String = null, projects: [String!] = null, ${PAGE}): UsersConnection!
  user(name: String!): UserNode!
  me: UserNode!
  events(ids: [String!] = null, topics: [String!] = null, projects: [String!] = null,
    users: [String!] = null, statuses: [String!] = null, olderThan: String = null,
    newerThan: String = null, states: [String!] = null, hasChildren: Boolean = null, filter: String = null,
    includeLogs: Boolean! = false, ${PAGE}): EventsConnection!
}`;
