import { fault } from './errors';
import type { Origin } from './event-log';
import type { JsonObject } from './json';
import { isObject, textOf } from './json';
import type { ProjectRecord } from './project';
import type { AyonStore } from './store';

/** A link between two entities; the same pair may be linked any number of times. */
export interface LinkRecord {
  readonly id: string;
  /** Place in the order of insertion, the cursor of GraphQL; of no other link, also after a deletion. */
  readonly order: number;
  readonly linkType: string;
  readonly inputType: string;
  readonly inputId: string;
  readonly outputType: string;
  readonly outputId: string;
  readonly name: string | null;
  readonly data: JsonObject;
  readonly author: string;
  readonly createdAt: string;
}

function emit(
  store: AyonStore,
  at: { project: ProjectRecord; link: LinkRecord; verb: string },
  origin: Origin,
): void {
  const { id, linkType, inputType, inputId, outputType, outputId } = at.link;
  const ends = `${inputType} ${inputId} and ${outputType} ${outputId}`;
  const description = `${at.verb} ${linkType} link between ${ends}.`;
  const summary = { id, linkType, inputType, inputId, outputType, outputId };
  const topic = `link.${at.verb.toLowerCase()}`;
  store.events.add({ topic, project: at.project.name, description, summary }, origin);
}

/** Adds or changes a link type `name|inputType|outputType`. */
export function putLinkType(project: ProjectRecord, name: string, data: JsonObject): void {
  const [linkType = '', inputType = '', outputType = ''] = name.split('|');
  const row = { name, linkType, inputType, outputType, data };
  project.linkTypes = [...project.linkTypes.filter((known) => known['name'] !== name), row];
}

/** `POST /api/projects/{p}/links`. */
export function createLink(
  store: AyonStore,
  at: { project: ProjectRecord; body: JsonObject },
  origin: Origin,
): string {
  const link = putLink(store, at, origin);
  emit(store, { project: at.project, link, verb: 'Created' }, origin);
  return link.id;
}

/** `POST /api/projects/{p}/links/bulk`: one transaction and one event. */
export function createLinks(
  store: AyonStore,
  at: { project: ProjectRecord; bodies: readonly JsonObject[] },
  origin: Origin,
): JsonObject[] {
  const { project } = at;
  const made: LinkRecord[] = [];
  try {
    for (const body of at.bodies) {
      made.push(putLink(store, { project, body }, origin));
    }
  } catch (error) {
    for (const { id } of made) {
      project.links.delete(id);
    }
    throw error;
  }
  const created = made.map(({ id, inputId: input, outputId: output, linkType }) => {
    return { id, input, output, linkType };
  });
  const description = `Created ${created.length} links`;
  const event = { topic: 'links.created', project: project.name, description, summary: { links: created } };
  store.events.add(event, origin);
  return created;
}

function putLink(
  store: AyonStore,
  at: { project: ProjectRecord; body: JsonObject },
  origin: Origin,
): LinkRecord {
  const { project, body } = at;
  const type = project.linkTypes.find((known) => known['name'] === (body['linkType'] ?? body['link']));
  if (!type) {
    throw fault(400, 'Unsupported link type.');
  }
  const id = textOf(body['id']) || store.clock.id();
  if (project.links.has(id)) {
    throw fault(409, 'Link already exists.');
  }
  project.linkOrder += 1;
  const link: LinkRecord = {
    id,
    order: project.linkOrder,
    linkType: textOf(type['linkType']),
    inputType: textOf(type['inputType']),
    inputId: textOf(body['input']),
    outputType: textOf(type['outputType']),
    outputId: textOf(body['output']),
    name: textOf(body['name']) || null,
    data: isObject(body['data']) ? body['data'] : {},
    author: origin.user,
    createdAt: store.clock.now(),
  };
  project.links.set(id, link);
  return link;
}

/** Takes a link type away; links of it stay. */
export function deleteLinkType(project: ProjectRecord, name: string): void {
  if (!project.linkTypes.some((known) => known['name'] === name)) {
    throw fault(404, 'Link type not found.');
  }
  project.linkTypes = project.linkTypes.filter((known) => known['name'] !== name);
}

/** `DELETE /api/projects/{p}/links/{id}`. */
export function deleteLink(
  store: AyonStore,
  at: { project: ProjectRecord; id: string },
  origin: Origin,
): void {
  const link = at.project.links.get(at.id);
  if (!link) {
    throw fault(404, 'Link not found.');
  }
  at.project.links.delete(at.id);
  emit(store, { project: at.project, link, verb: 'Deleted' }, origin);
}
