import type { Group } from '../check';
import { ABSENT, every, having, matching, OBJECT, pickText, TEXT, TRUTH } from '../pattern';
import type { Site } from '../site';
import { newId, OWN, query } from '../site';
import { done, plant, prepare, update } from './tree';

const inProject = (site: Site, selection: string) =>
  query(`query($project: String!){project(name: $project){${selection}}}`, { project: site.project });
const data = (project: object) => ({ status: 200, body: { data: { project }, errors: ABSENT } }) as const;

const ids = (site: Site, args: string) =>
  inProject(site, `folders${args}{pageInfo{hasNextPage endCursor} edges{cursor node{id}}}`);

export const graphql: Group = {
  name: 'graphql',
  title: 'filters, paging and errors of GraphQL',
  checks: [
    {
      name: 'finds folders and tasks by an attribute',
      why: 'Pairs are found by ftrackId, in one question for many.',
      run: async (site) => {
        const ftrackId = newId();
        const { shot, task } = await plant(site);
        const attrib = { ftrackId };
        const writes = [update('folder', shot, { attrib }), update('task', task, { attrib })];
        await prepare(site, site.operations(writes), done(204, 204));
        const filter = `(attributes: [{name: "ftrackId", values: ["${ftrackId}", "none"]}])`;
        await site.ask(inProject(site, `folders${filter}{edges{node{id}}} tasks${filter}{edges{node{id}}}`), {
          ...data({
            folders: { edges: [{ node: { id: shot } }] },
            tasks: { edges: [{ node: { id: task } }] },
          }),
        });
      },
    },
    {
      name: 'pages by first and after, in one order, to the end',
      why: 'Lists are read page by page; a folder that is left out would be made again.',
      run: async (site) => {
        const { sequence, shot } = await plant(site);
        const both = `ids: ["${sequence}", "${shot}"]`;
        const page = (hasNextPage: boolean) => ({
          pageInfo: { hasNextPage, endCursor: TEXT },
          edges: every({
            cursor: TEXT,
            node: { id: matching(new RegExp(`${sequence}|${shot}`), 'one of two ids') },
          }),
        });
        const first = await site.ask(ids(site, `(${both}, first: 1)`), data({ folders: page(true) }));
        const at = ['data', 'project', 'folders'] as const;
        const cursor = pickText(first, ...at, 'pageInfo', 'endCursor');
        const seen = pickText(first, ...at, 'edges', 0, 'node', 'id');
        const other = seen === sequence ? shot : sequence;
        await site.ask(
          ids(site, `(${both}, first: 1, after: "${cursor}")`),
          data({ folders: { edges: [{ node: { id: other } }] } }),
        );
      },
    },
    {
      name: 'gives pages of more than 100',
      why: 'Pages have 1,000 nodes; the default of 100 would cost ten times the requests.',
      run: async (site) => {
        const { shot } = await plant(site);
        const operations = Array.from({ length: 101 }, (_, index) => ({
          type: 'create',
          entityType: 'task',
          data: { name: `t${index}`, taskType: OWN, folderId: shot },
        }));
        await prepare(site, site.operations(operations), { status: 200, body: { success: true } });
        const tasks = `tasks(folderIds: ["${shot}"], first: 1000){pageInfo{hasNextPage} edges{node{id}}}`;
        await site.ask(inProject(site, tasks), {
          ...data({
            tasks: {
              pageInfo: { hasNextPage: false },
              edges: Array.from({ length: 102 }, () => ({ node: OBJECT })),
            },
          }),
        });
      },
    },
    {
      name: 'tells inactive entities, too',
      why: 'What was made inactive must be found again, else it is made twice.',
      run: async (site) => {
        const { shot, task } = await plant(site);
        const writes = [update('folder', shot, { active: false }), update('task', task, { active: false })];
        await prepare(site, site.operations(writes), done(204, 204));
        const both = `folders(ids: ["${shot}"]){edges{node{active}}} tasks(ids: ["${task}"]){edges{node{active}}}`;
        const inactive = { edges: [{ node: { active: false } }] };
        await site.ask(inProject(site, both), data({ folders: inactive, tasks: inactive }));
      },
    },
    {
      name: 'answers an unknown project with 200 and an error of status 404',
      why: 'By it events of projects that AYON does not have are passed over.',
      run: (site) =>
        site.ask(
          query('query($name: String!){project(name: $name){name}}', { name: `${site.project}_nope` }),
          {
            status: 200,
            body: { data: null, errors: [{ message: TEXT, path: ['project'], extensions: { status: 404 } }] },
          },
        ),
    },
    {
      name: 'answers an unknown field and an unknown argument with 200 and an error without a status',
      why: 'By it a question that the server does not understand is told from one that failed.',
      run: async (site) => {
        const wrong = { status: 200, body: { data: null, errors: [{ message: TEXT, extensions: ABSENT }] } };
        await site.ask(inProject(site, 'nope'), wrong);
        await site.ask(inProject(site, 'tasks(nope: 1){edges{node{id}}}'), wrong);
      },
    },
    {
      name: 'tells users with their addresses',
      why: 'People of ftrack are found by user name or e-mail address.',
      run: (site) =>
        site.ask(query('{users(first: 1000){edges{node{name active isService attrib{fullName email}}}}}'), {
          status: 200,
          body: {
            data: {
              users: {
                edges: having({ node: { name: TEXT, active: TRUTH, isService: true, attrib: OBJECT } }),
              },
            },
          },
        }),
    },
  ],
};
