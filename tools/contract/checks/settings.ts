import type { Group } from '../check';
import { every, having, LIST, OBJECT, pick, pickList, pickText, TEXT } from '../pattern';
import type { Site } from '../site';
import { get, NotOffered } from '../site';
import { prepare } from './tree';

const ADDON = 'ftrack';
const ALL = '/api/settings?variant=production&summary=true';

/** Version of our addon in the production bundle. */
async function addonVersion(site: Site): Promise<string> {
  const body = await prepare(site, get('/api/bundles'), { status: 200, body: { bundles: LIST } });
  const name = pick(body, 'productionBundle');
  const bundle = pickList(body, 'bundles').find((each) => pick(each, 'name') === name);
  const version = pickText(bundle, 'addons', ADDON);
  if (version === '') {
    throw new NotOffered(`the production bundle has no addon "${ADDON}"; add it to one on this server`);
  }
  return version;
}

export const settings: Group = {
  name: 'settings',
  title: 'settings, secrets and bundles that the services read when they start',
  checks: [
    {
      name: 'lists bundles and names the one in production',
      why: 'It tells which version of the addon the studio runs.',
      run: (site) =>
        site.ask(get('/api/bundles'), {
          status: 200,
          body: { bundles: every({ name: TEXT, addons: OBJECT }) },
        }),
    },
    {
      name: 'tells which addons are in production',
      why: 'The version of the addon is found here when it is not given.',
      run: async (site) => {
        const version = await addonVersion(site);
        await site.ask(get(ALL), {
          status: 200,
          body: { bundleName: TEXT, addons: having({ name: ADDON, version }) },
        });
      },
    },
    {
      name: 'tells the addon’s settings of the studio and of a project',
      why: 'What is synced and how is set there.',
      run: async (site) => {
        const version = await addonVersion(site);
        const base = `/api/addons/${ADDON}/${version}/settings`;
        await site.ask(get(`${base}?variant=production`), {
          status: 200,
          body: { service_settings: OBJECT },
        });
        await site.ask(get(`${base}/${site.project}?variant=production`), { status: 200, body: OBJECT });
      },
    },
    {
      name: 'answers 404 for a version of the addon that it does not have',
      why: 'By it services say which version is missing instead of failing.',
      run: (site) =>
        site.ask(get(`/api/addons/${ADDON}/0.0.0-none/settings?variant=production`), { status: 404 }),
    },
    {
      name: 'tells secrets by name and value',
      why: 'The credentials for ftrack are secrets that the settings name.',
      run: (site) => site.ask(get('/api/secrets'), { status: 200, body: every({ name: TEXT, value: TEXT }) }),
    },
  ],
};
