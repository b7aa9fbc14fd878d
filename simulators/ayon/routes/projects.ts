import { readConfig, readLinkTypes } from '../anatomy-read';
import { anatomyView } from '../anatomy-view';
import { folderList, hierarchy } from '../entity-views';
import { fault } from '../errors';
import { compareValues } from '../graphql/paging';
import type { Json, JsonObject } from '../json';
import { isObject } from '../json';
import { hasProjectAccess } from '../permissions';
import type { ProjectRecord } from '../project';
import { projectRow, projectView } from '../project';
import { createProject, deleteProject, patchProject, renameProject } from '../project-writes';
import type { AddRoute, AyonAnswer, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { isManager } from '../users';

/** `order` names a column of the list, `desc` turns it round; without it projects come by name. */
function sortRows(rows: ProjectRecord[], query: URLSearchParams): void {
  const column = query.get('order');
  if (column !== null) {
    const value = (project: ProjectRecord): Json => projectRow(project)[column] ?? null;
    rows.sort((a, b) => compareValues(value(a), value(b)));
  }
  if (query.get('desc') === 'true') {
    rows.reverse();
  }
}

function listProjects(store: AyonStore, { query, user }: AyonRequest): JsonObject {
  const name = query.get('name')?.toLowerCase();
  const rows = [...store.projects.values()]
    .filter((project) => {
      const active = query.get('active');
      const library = query.get('library');
      return (
        hasProjectAccess(user, project.name) &&
        (active === null || String(project.active) === active) &&
        (library === null || String(project.library) === library) &&
        (name === undefined || project.name.toLowerCase() === name)
      );
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  sortRows(rows, query);
  const length = Number(query.get('length') ?? rows.length);
  const start = (Number(query.get('page') ?? 1) - 1) * length;
  const shown = rows.slice(start, start + length);
  const detail = `Showing ${shown.length} of ${rows.length} projects`;
  return { detail, count: rows.length, projects: shown.map((project) => projectRow(project)) };
}

/** Branches of the hierarchy in which a folder or task has the words and, if asked for, one of the types. */
function pruned(folder: JsonObject, query: URLSearchParams): JsonObject[] {
  const search = (query.get('search') ?? '').toLowerCase();
  const types = query.get('types')?.split(',');
  if (search === '' && !types) {
    return [folder];
  }
  const { children, name, label, taskNames, folderType } = folder;
  const kept = (Array.isArray(children) ? children.filter(isObject) : []).flatMap((child) =>
    pruned(child, query),
  );
  const isFound = JSON.stringify([name, label, taskNames]).toLowerCase().includes(search);
  const isWanted = !types || types.some((type) => type === folderType);
  return (isFound && isWanted) || kept.length > 0 ? [{ ...folder, children: kept }] : [];
}

function requireManager(request: AyonRequest): void {
  if (!isManager(request.user)) {
    throw fault(403, 'You need to be a manager to do this');
  }
}

/** Recorded: these two call their empty answer JSON. */
const EMPTY_JSON: AyonAnswer = { status: 204, contentType: 'application/json' };

/** Projects and the lists of their folders. */
export function addProjectRoutes(add: AddRoute, store: AyonStore): void {
  const projectOf = ({ params }: AyonRequest) => store.project(params['project'] ?? '');
  add('GET', '/api/projects', (request) => ({ json: listProjects(store, request) }));
  add('POST', '/api/projects', (request) => {
    requireManager(request);
    createProject(store, request.body, request.origin);
    return { status: 201, json: null };
  });
  add('GET', '/api/projects/:project', (request) => ({ json: projectView(projectOf(request)) }));
  add('PATCH', '/api/projects/:project', (request) => {
    requireManager(request);
    patchProject(store, { project: projectOf(request), body: request.body }, request.origin);
    return EMPTY_JSON;
  });
  add('POST', '/api/projects/:project/rename', (request) => {
    requireManager(request);
    renameProject(store, { project: projectOf(request), body: request.body }, request.origin);
    return NO_CONTENT;
  });
  add('DELETE', '/api/projects/:project', (request) => {
    requireManager(request);
    deleteProject(store, projectOf(request), request.origin);
    return EMPTY_JSON;
  });
  add('GET', '/api/projects/:project/anatomy', (request) => {
    const project = projectOf(request);
    return { json: anatomyView(project, project.attrib, store.attributes) };
  });
  add('POST', '/api/projects/:project/anatomy', (request) => {
    requireManager(request);
    const anatomy = request.object;
    const { folder_types, task_types, statuses, tags, attributes: attrib } = anatomy;
    const project = projectOf(request);
    const linkTypes = readLinkTypes(anatomy, project.linkTypes);
    const config = readConfig(anatomy, project.config);
    const given = { folder_types, task_types, statuses, tags, attrib, linkTypes, config };
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    patchProject(store, { project, body }, request.origin);
    return NO_CONTENT;
  });
  add('GET', '/api/projects/:project/folders', (request) => {
    const attrib = request.query.get('attrib') === 'true';
    return { json: { folders: folderList(store, projectOf(request), attrib) } };
  });
  add('GET', '/api/projects/:project/hierarchy', (request) => {
    const project = projectOf(request);
    const tree = hierarchy(project, null, []).flatMap((folder) => pruned(folder, request.query));
    const detail = 'Hierarchy loaded in 0.0010s';
    return { json: { detail, projectName: project.name, hierarchy: tree } };
  });
}
