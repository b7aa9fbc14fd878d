import { isEntityKind } from '../entity-kinds';
import type { JsonObject } from '../json';
import type { LinkRecord } from '../links';
import type { EntityNode, NodeContext } from './nodes';
import { decodeCursor, encodeCursor } from './paging';

/** Filters of the links of an entity. */
export interface LinkArgs {
  direction?: 'in' | 'out' | null;
  linkTypes?: string[] | null;
  names?: string[] | null;
  nameEx?: string | null;
  first: number;
  after?: string | null;
}

interface Edge {
  id: string;
  projectName: string;
  entityType: string;
  entityId: string;
  name: string | null;
  linkType: string;
  direction: 'in' | 'out';
  description: string;
  author: string;
  data: JsonObject;
  cursor: string;
  node: () => EntityNode | null;
}

interface Place {
  link: LinkRecord;
  direction: 'in' | 'out';
}

function accepts({ link, direction }: Place, args: LinkArgs): boolean {
  return (
    link.order > (decodeCursor(args.after) ?? 0) &&
    (!args.direction || args.direction === direction) &&
    (!args.nameEx || new RegExp(args.nameEx).test(link.name ?? '')) &&
    (!args.linkTypes || args.linkTypes.includes(link.linkType)) &&
    (!args.names || args.names.includes(link.name ?? ''))
  );
}

function edge(context: NodeContext, { link, direction }: Place): Edge {
  const isOut = direction === 'out';
  const entityType = isOut ? link.outputType : link.inputType;
  const entityId = isOut ? link.outputId : link.inputId;
  return {
    id: link.id,
    projectName: context.project.name,
    entityType,
    entityId,
    name: link.name,
    linkType: link.linkType,
    direction,
    description: `${link.linkType} ${link.inputType} ${link.outputType}`,
    author: link.author,
    data: link.data,
    cursor: encodeCursor(link.order),
    node: () => (isEntityKind(entityType) ? context.entity(entityType, entityId) : null),
  };
}

/** The links of one entity, oldest first, seen from it. */
export function linksOf(context: NodeContext, entityId: string, args: LinkArgs) {
  const links = [...context.project.links.values()];
  const places = links.flatMap((link): Place[] => [
    ...(link.inputId === entityId ? [{ link, direction: 'out' as const }] : []),
    ...(link.outputId === entityId ? [{ link, direction: 'in' as const }] : []),
  ]);
  const found = places.filter((place) => accepts(place, args));
  return linkPage(found, (place) => edge(context, place), args);
}

/** The first of what was found, as a page. */
function linkPage<Item, Link extends { cursor: string }>(
  found: readonly Item[],
  edgeOf: (item: Item) => Link,
  args: { first: number; after?: string | null },
) {
  const edges = found.slice(0, args.first).map(edgeOf);
  const pageInfo = {
    hasNextPage: found.length > edges.length,
    hasPreviousPage: Boolean(args.after),
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { pageInfo, edges };
}

/** Filters of all links of a project. */
export interface ProjectLinkArgs {
  ids?: string[] | null;
  /** On either side. */
  entityIds?: string[] | null;
  inputIds?: string[] | null;
  outputIds?: string[] | null;
  linkTypes?: string[] | null;
  inputTypes?: string[] | null;
  outputTypes?: string[] | null;
  names?: string[] | null;
  nameEx?: string | null;
  first: number;
  after?: string | null;
}

function hasAny(wanted: string[] | null | undefined, ...values: (string | null)[]): boolean {
  return !wanted || values.some((value) => value !== null && wanted.includes(value));
}

function isWanted(link: LinkRecord, args: ProjectLinkArgs): boolean {
  return (
    hasAny(args.ids, link.id) &&
    hasAny(args.entityIds, link.inputId, link.outputId) &&
    hasAny(args.inputIds, link.inputId) &&
    hasAny(args.outputIds, link.outputId) &&
    hasAny(args.linkTypes, link.linkType) &&
    hasAny(args.inputTypes, link.inputType) &&
    hasAny(args.outputTypes, link.outputType) &&
    hasAny(args.names, link.name) &&
    (!args.nameEx || new RegExp(args.nameEx).test(link.name ?? ''))
  );
}

/** The links of a project, oldest first. */
export function projectLinks(context: NodeContext, args: ProjectLinkArgs) {
  const after = decodeCursor(args.after) ?? 0;
  const found = [...context.project.links.values()].filter(
    (link) => link.order > after && isWanted(link, args),
  );
  const node = (type: string, id: string) => () => (isEntityKind(type) ? context.entity(type, id) : null);
  const edgeOf = (link: LinkRecord) => ({
    ...link,
    projectName: context.project.name,
    cursor: encodeCursor(link.order),
    inputNode: node(link.inputType, link.inputId),
    outputNode: node(link.outputType, link.outputId),
  });
  return linkPage(found, edgeOf, args);
}
