import { isEntityKind } from '../entity-kinds';
import type { LinkRecord } from '../links';
import type { EntityNode, NodeContext } from './nodes';
import { decodeCursor, encodeCursor } from './paging';

/** Filters of the links of an entity. */
export interface LinkArgs {
  direction?: 'in' | 'out' | null;
  linkTypes?: string[] | null;
  names?: string[] | null;
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
  author: string;
  cursor: string;
  node: () => EntityNode | null;
}

interface Place {
  link: LinkRecord;
  direction: 'in' | 'out';
  order: number;
}

function accepts({ link, direction, order }: Place, args: LinkArgs): boolean {
  return (
    order > (decodeCursor(args.after) ?? 0) &&
    (!args.direction || args.direction === direction) &&
    (!args.linkTypes || args.linkTypes.includes(link.linkType)) &&
    (!args.names || args.names.includes(link.name ?? ''))
  );
}

function edge(context: NodeContext, { link, direction, order }: Place): Edge {
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
    author: link.author,
    cursor: encodeCursor(order),
    node: () => (isEntityKind(entityType) ? context.entity(entityType, entityId) : null),
  };
}

/** The links of one entity, oldest first, seen from it. */
export function linksOf(context: NodeContext, entityId: string, args: LinkArgs) {
  const links = [...context.project.links.values()];
  const places = links.flatMap((link, index): Place[] => {
    const order = index + 1;
    return [
      ...(link.inputId === entityId ? [{ link, direction: 'out' as const, order }] : []),
      ...(link.outputId === entityId ? [{ link, direction: 'in' as const, order }] : []),
    ];
  });
  const found = places.filter((place) => accepts(place, args));
  const edges = found.slice(0, args.first).map((place) => edge(context, place));
  const pageInfo = {
    hasNextPage: found.length > edges.length,
    hasPreviousPage: Boolean(args.after),
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { pageInfo, edges };
}
