import { fault } from '../errors';
import type { Json, JsonObject } from '../json';
import { isObject, objectOf, textsOf } from '../json';
import type { ProjectRecord, TeamMember, TeamRecord } from '../project';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { isManager } from '../users';

function requireManager(request: AyonRequest): void {
  if (!isManager(request.user)) {
    throw fault(403, 'You need to be a manager to do this');
  }
}

/** `{user: [access groups]}` of everybody who has some in the project. */
function projectUsers(store: AyonStore, project: ProjectRecord): JsonObject {
  const rows: JsonObject = {};
  for (const user of store.users.values()) {
    const groups = textsOf(objectOf(user.data['accessGroups'])[project.name]);
    if (groups.length > 0) {
      rows[user.name] = groups;
    }
  }
  return rows;
}

function memberOf(given: JsonObject): TeamMember {
  const { name, leader, roles } = given;
  return { name: typeof name === 'string' ? name : '', leader: leader === true, roles: textsOf(roles) };
}

function membersOf(value: Json | undefined): TeamMember[] {
  return Array.isArray(value) ? value.filter(isObject).map(memberOf) : [];
}

function teamView({ name, members }: TeamRecord, withMembers: boolean): JsonObject {
  const rows = members.map((member) => ({ ...member }));
  return {
    name,
    memberCount: rows.length,
    ...(withMembers ? { members: rows } : {}),
    leaders: rows.filter(({ leader }) => leader),
  };
}

function putTeam(project: ProjectRecord, team: TeamRecord): void {
  project.teams = [...project.teams.filter(({ name }) => name !== team.name), team];
}

function addTeamRoutes(add: AddRoute, store: AyonStore): void {
  const path = '/api/projects/:project/teams';
  const projectOf = ({ params }: AyonRequest) => store.project(params['project'] ?? '');
  const teamOf = (request: AyonRequest): TeamRecord => {
    const team = projectOf(request).teams.find(({ name }) => name === request.params['team']);
    if (!team) {
      throw fault(404, 'Team not found');
    }
    return team;
  };
  const change = (method: string, tail: string, work: (request: AyonRequest) => void): void => {
    add(method, `${path}${tail}`, (request) => {
      requireManager(request);
      work(request);
      return NO_CONTENT;
    });
  };
  add('GET', path, (request) => {
    const withMembers = request.query.get('show_members') === 'true';
    return { json: projectOf(request).teams.map((team) => teamView(team, withMembers)) };
  });
  change('PATCH', '', (request) => {
    for (const row of request.list.filter(isObject)) {
      const { name, members } = row;
      putTeam(projectOf(request), {
        name: typeof name === 'string' ? name : '',
        members: membersOf(members),
      });
    }
  });
  change('PUT', '/:team', (request) => {
    const members = membersOf(request.body['members']);
    putTeam(projectOf(request), { name: request.params['team'] ?? '', members });
  });
  change('DELETE', '/:team', (request) => {
    const team = teamOf(request);
    const project = projectOf(request);
    project.teams = project.teams.filter((other) => other !== team);
  });
  change('PUT', '/:team/members/:member', (request) => {
    const team = teamOf(request);
    const member = memberOf({ ...request.body, name: request.params['member'] ?? '' });
    team.members = [...team.members.filter(({ name }) => name !== member.name), member];
  });
  change('DELETE', '/:team/members/:member', (request) => {
    const team = teamOf(request);
    team.members = team.members.filter(({ name }) => name !== request.params['member']);
  });
}

/** Who may work in a project, and in which teams. No change of these makes an event. */
export function addPeopleRoutes(add: AddRoute, store: AyonStore): void {
  const projectOf = ({ params }: AyonRequest) => store.project(params['project'] ?? '');
  add('GET', '/api/projects/:project/users', (request) => ({
    json: projectUsers(store, projectOf(request)),
  }));
  add('PATCH', '/api/projects/:project/users/:name', (request) => {
    requireManager(request);
    const project = projectOf(request);
    const user = store.user(request.params['name'] ?? '');
    const groups = textsOf([...request.list]);
    const before = objectOf(user.data['accessGroups']);
    const own = { [project.name]: groups.length > 0 ? groups : undefined };
    user.data = { ...user.data, accessGroups: { ...before, ...own } };
    return { json: projectUsers(store, project) };
  });
  addTeamRoutes(add, store);
}
