// Arguments of connections, as the real server has them; one that is not here is refused as unknown.

/** Of every connection. */
export const PAGE = 'first: Int = null, after: String = null, last: Int = null, before: String = null';
const IDS = 'ids: [String!] = null';
const FIND = 'search: String = null, filter: String = null';
const LINKED = 'hasLinks: HasLinksFilter = null';

export const FOLDER_ARGS = `${PAGE}, ${IDS}, parentId: String = null, parentIds: [String!] = null,
  includeFolderChildren: Boolean! = false,
  attributes: [AttributeFilterInput!] = null, folderTypes: [String!] = null, statuses: [String!] = null,
  tags: [String!] = null, paths: [String!] = null, name: String = null, names: [String!] = null,
  pathEx: String = null, assignees: [String!] = null, ${LINKED}, ${FIND}, taskFilter: String = null,
  sortBy: String = null,
  hasChildren: Boolean = null, hasProducts: Boolean = null, hasTasks: Boolean = null`;

export const TASK_ARGS = `${PAGE}, ${IDS}, taskTypes: [String!] = null, folderIds: [String!] = null,
  includeFolderChildren: Boolean! = false, attributes: [AttributeFilterInput!] = null, names: [String!] = null, statuses: [String!] = null,
  assignees: [String!] = null, assigneesAny: [String!] = null, tags: [String!] = null, tagsAny: [String!] = null,
  ${LINKED}, ${FIND}, folderFilter: String = null, sortBy: String = null`;

export const PRODUCT_ARGS = `${PAGE}, ${IDS}, folderIds: [String!] = null, names: [String!] = null,
  namesCi: [String!] = null, productTypes: [String!] = null, productBaseTypes: [String!] = null,
  includeFolderChildren: Boolean! = false, nameEx: String = null, pathEx: String = null,
  statuses: [String!] = null, tags: [String!] = null, ${LINKED}, ${FIND},
  versionFilter: String = null, taskFilter: String = null, sortBy: String = null`;

export const VERSION_ARGS = `${PAGE}, ${IDS}, version: Int = null, versions: [Int!] = null, statuses: [String!] = null,
  tags: [String!] = null, productIds: [String!] = null, taskIds: [String!] = null, folderIds: [String!] = null,
  includeFolderChildren: Boolean! = false, heroOnly: Boolean! = false, heroOrLatestOnly: Boolean! = false,
  hasReviewables: Boolean = null, ${LINKED}, ${FIND}, taskFilter: String = null, productFilter: String = null,
  sortBy: String = null, authors: [String!] = null, latestOnly: Boolean! = false`;

export const REPRESENTATION_ARGS = `${PAGE}, ${IDS}, versionIds: [String!] = null, names: [String!] = null,
  statuses: [String!] = null, tags: [String!] = null, ${LINKED}, ${FIND}`;

export const WORKFILE_ARGS = `${PAGE}, ${IDS}, paths: [String!] = null, pathEx: String = null, taskIds: [String!] = null,
  statuses: [String!] = null, tags: [String!] = null, ${LINKED}, search: String = null, sortBy: String = null`;

export const PROJECT_LINK_ARGS = `ids: [String!] = null, entityIds: [String!] = null, inputIds: [String!] = null,
  outputIds: [String!] = null, linkTypes: [String!] = null, inputTypes: [String!] = null,
  outputTypes: [String!] = null, first: Int! = 100, after: String = null, names: [String!] = null,
  nameEx: String = null`;

export const LINK_ARGS = `direction: String = null, linkTypes: [String!] = null, names: [String!] = null, nameEx: String = null,
  first: Int! = 100, after: String = null`;

export const ACTIVITY_ARGS = `${PAGE}, entityType: String = null, entityIds: [String!] = null,
  activityTypes: [String!] = null, referenceTypes: [String!] = null, activityIds: [String!] = null,
  entityNames: [String!] = null, changedBefore: String = null, changedAfter: String = null, filter: String = null,
  tags: [String!] = null, authors: [String!] = null`;

export const ENTITY_ACTIVITY_ARGS = `first: Int = null, last: Int = 100, after: String = null, before: String = null,
  activityTypes: [String!] = null, referenceTypes: [String!] = null`;

export const LIST_ARGS = `${PAGE}, ${IDS}, ${FIND}, sortBy: String = null`;
