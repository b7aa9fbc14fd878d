import type { Group } from '../check';
import { refusal } from '../check';
import { every, having, LIST, OBJECT, pickList, TEXT, TRUTH } from '../pattern';
import type { Question, Site } from '../site';
import { get, OWN, patch, post } from '../site';
import { done, plant, update } from './tree';

const whole = (site: Site): Question => get(site.at(''));
const change = (site: Site, body: unknown): Question => patch(site.at(''), body);

interface Named {
  readonly name: string;
}

/** The project's list with more entries at its end; nothing that is in use is dropped. */
async function longer(site: Site, list: string, ...more: readonly Named[]): Promise<readonly unknown[]> {
  const body = await site.ask(whole(site), { status: 200, body: { [list]: LIST } });
  return [...pickList(body, list), ...more];
}

const LOOKS = { shortName: 'con', icon: 'circle', color: '#123456' };
const type = (name: string): Named => Object.assign({ name }, LOOKS);
const status = (name: string): Named => Object.assign(type(name), { state: 'in_progress' });

/** What a fresh project gets for the checks, at the end of its lists: what is there stays. */
export function prepared(project: unknown): object {
  return {
    folderTypes: [...pickList(project, 'folderTypes'), type(OWN)],
    taskTypes: [...pickList(project, 'taskTypes'), type(OWN)],
    statuses: [...pickList(project, 'statuses'), status(OWN)],
  };
}

export const projects: Group = {
  name: 'projects',
  title: 'projects, their lists and anatomy (the throw-away project is always made and deleted)',
  checks: [
    {
      name: 'refuses to make a project again with 409',
      why: 'A repeated request must not look like a failure of the server.',
      run: (site) =>
        site.ask(post('/api/projects', { name: site.project, code: codeOf(site.project) }), refusal(409)),
    },
    {
      name: 'tells a project with its lists and attributes',
      why: 'Written back, a list that was left out would be emptied: all of them have to be told.',
      run: (site) =>
        site.ask(whole(site), {
          status: 200,
          body: {
            name: site.project,
            code: codeOf(site.project),
            active: true,
            library: false,
            attrib: OBJECT,
            ownAttrib: LIST,
            statuses: every({ name: TEXT }),
            folderTypes: having({ name: OWN }),
            taskTypes: having({ name: OWN }),
            linkTypes: LIST,
          },
        }),
    },
    {
      name: 'finds a project whatever the case of its name',
      why: 'The name from ftrack may differ in case.',
      run: (site) =>
        site.ask(get(`/api/projects/${site.project.toUpperCase()}`), {
          status: 200,
          body: { name: site.project },
        }),
    },
    {
      name: 'takes label and attributes of a project',
      why: 'A project is paired by its attribute ftrackId.',
      run: async (site) => {
        const attrib = { ftrackId: '00000000-0000-4000-8000-000000000001', ftrackPath: 'contract', fps: 24 };
        await site.ask(change(site, { label: 'Contract', attrib }), { status: 204 });
        await site.ask(whole(site), {
          status: 200,
          body: { label: 'Contract', attrib, ownAttrib: having('ftrackId', 'ftrackPath', 'fps') },
        });
      },
    },
    {
      name: 'replaces a list as a whole and keeps its order',
      why: 'Statuses and types that ftrack has and AYON lacks are added by writing the whole list.',
      run: async (site) => {
        for (const list of ['statuses', 'folderTypes', 'taskTypes']) {
          const more = list === 'statuses' ? status('Contract list') : type('Contract list');
          const entries = await longer(site, list, more);
          await site.ask(change(site, { [list]: entries }), { status: 204 });
          const names = entries.map((entry) => ({ name: String((entry as Named).name) }));
          await site.ask(whole(site), { status: 200, body: { [list]: names } });
        }
      },
    },
    {
      name: 'lets entities follow a status that is renamed with original_name',
      why: 'Without it, renaming a status means to move each entity from the old one to the new one.',
      run: async (site) => {
        const before = await longer(site, 'statuses', status('Contract old'));
        await site.ask(change(site, { statuses: before }), { status: 204 });
        const { shot } = await plant(site);
        await site.ask(site.operations([update('folder', shot, { status: 'Contract old' })]), done(204));
        const renamed = { ...status('Contract new'), original_name: 'Contract old' };
        await site.ask(change(site, { statuses: [...before.slice(0, -1), renamed] }), { status: 204 });
        await site.ask(get(site.at(`/folders/${shot}`)), { status: 200, body: { status: 'Contract new' } });
      },
    },
    {
      name: 'refuses two statuses that differ in case only, with a 500, and changes nothing',
      why: 'Such lists are refused before they are sent; a server that took them would need no refusal.',
      run: async (site) => {
        const entries = await longer(site, 'statuses', status('Contract twin'), status('contract TWIN'));
        await site.ask(change(site, { statuses: entries }), { status: 500, body: { detail: TEXT } });
        const names = entries.slice(0, -2).map((entry) => ({ name: String((entry as Named).name) }));
        await site.ask(whole(site), { status: 200, body: { statuses: names } });
      },
    },
    {
      name: 'refuses to drop a status that is in use, with a 500, and changes nothing',
      why: 'Lists are only ever made longer because of this.',
      run: async (site) => {
        const entries = await longer(site, 'statuses', status('Contract used'));
        await site.ask(change(site, { statuses: entries }), { status: 204 });
        const { shot } = await plant(site);
        await site.ask(site.operations([update('folder', shot, { status: 'Contract used' })]), done(204));
        await site.ask(change(site, { statuses: entries.slice(0, -1) }), { status: 500 });
        await site.ask(whole(site), { status: 200, body: { statuses: having({ name: 'Contract used' }) } });
      },
    },
    {
      name: 'tells the anatomy in snake_case',
      why: 'It is the one place that tells all lists and templates of a project.',
      run: (site) =>
        site.ask(get(site.at('/anatomy')), {
          status: 200,
          body: {
            entity_naming: OBJECT,
            roots: LIST,
            templates: OBJECT,
            attributes: OBJECT,
            folder_types: having({ name: OWN }),
            task_types: LIST,
            link_types: LIST,
            statuses: every({ name: TEXT }),
            tags: LIST,
          },
        }),
    },
    {
      name: 'has a built-in anatomy',
      why: 'A project that is made without an anatomy gets this one.',
      run: (site) =>
        site.ask(get('/api/anatomy/presets/_'), {
          status: 200,
          body: { folder_types: every({ name: TEXT }), task_types: every({ name: TEXT }), statuses: LIST },
        }),
    },
    {
      name: 'lists projects',
      why: 'An operator looks for the project to sync.',
      run: (site) =>
        site.ask(get('/api/projects?active=true'), {
          status: 200,
          body: { projects: having({ name: site.project, code: codeOf(site.project), active: TRUTH }) },
        }),
    },
  ],
};

/** Code of the throw-away project: unique without regard to case, as its name is. */
export const codeOf = (project: string): string => `x${project.replace(/^contract_/, '')}`;
