import type { Group } from '../check';
import type { Pattern } from '../pattern';
import { ABSENT, every, having, LIST, OBJECT, TEXT } from '../pattern';
import type { Site } from '../site';
import { get } from '../site';
import { done, plant, update } from './tree';

const listed = (site: Site, body: Pattern) =>
  site.ask(get('/api/attributes'), { status: 200, body: { attributes: body } });

const ofFtrack = (name: string, ...scope: readonly string[]): Pattern => ({
  name,
  scope: having(...scope),
  data: { type: 'string' },
});

export const attributes: Group = {
  name: 'attributes',
  title: 'attributes that we write, and one that does not exist',
  checks: [
    {
      name: 'lists attributes with type and scope',
      why: 'What is not in this list is refused before it is sent, since AYON drops it silently.',
      run: (site) => listed(site, every({ name: TEXT, scope: LIST, data: OBJECT })),
    },
    {
      name: 'has ftrackId for projects, folders, tasks, versions and lists',
      why: 'Pairs of entities are found by it. The addon "ftrack" makes it; the server must restart once.',
      run: (site) =>
        listed(site, having(ofFtrack('ftrackId', 'project', 'folder', 'task', 'version', 'list'))),
    },
    {
      name: 'has ftrackPath for projects, folders and tasks',
      why: 'The path in ftrack is kept in it.',
      run: (site) => listed(site, having(ofFtrack('ftrackPath', 'project', 'folder', 'task'))),
    },
    {
      name: 'has the built-in attributes that dates and descriptions go to',
      why: 'The default mapping writes them.',
      run: (site) =>
        listed(
          site,
          having(
            { name: 'startDate', data: { type: 'datetime' } },
            { name: 'endDate', data: { type: 'datetime' } },
            { name: 'description', data: { type: 'string' } },
            { name: 'fps', data: { type: 'float' } },
            { name: 'frameStart', data: { type: 'integer' } },
          ),
        ),
    },
    {
      name: 'drops an unknown attribute without a word and keeps the others',
      why: 'If it were an error, an attribute that was removed would stop whole batches.',
      run: async (site) => {
        const { shot } = await plant(site);
        const attrib = { noSuchAttribute: 1, fps: 48 };
        await site.ask(site.operations([update('folder', shot, { attrib })]), done(204));
        await site.ask(get(site.at(`/folders/${shot}`)), {
          status: 200,
          body: { attrib: { fps: 48, noSuchAttribute: ABSENT } },
        });
      },
    },
  ],
};
