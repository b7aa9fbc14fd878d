import { askerOf } from './checks/client';
import { pick, pickText } from './pattern';
import type { Site } from './site';
import { get, NoAnswer } from './site';

/** Nothing was done, and the message says what to do. */
export class WrongUse extends Error {}

/**
 * Looks whether there is an AYON that the key may write to, and whether the project is free.
 * @returns its version. @throws WrongUse otherwise, in one sentence.
 */
export async function enter(site: Site): Promise<string> {
  checkNames(site);
  const version = await worded(site, async () => {
    const { client } = askerOf(site);
    const told = await client.version(site.signal);
    await client.me(site.signal);
    return told;
  });
  await checkRights(site);
  await checkFree(site);
  return version;
}

function checkNames({ server, project }: Site): void {
  if (!/^https?:\/\/[^/]/.test(server) || !URL.canParse(server)) {
    throw new WrongUse(`"${server}" is no address; --server takes one such as https://ayon.example.com.`);
  }
  if (!/^contract_[a-zA-Z0-9_]+$/.test(project)) {
    throw new WrongUse(
      `"${project}" cannot be the throw-away project: its name must be contract_ and letters, digits or "_".`,
    );
  }
}

/** The sentences of our client name the variables of a service; here they are options. */
async function worded<Value>(site: Site, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    site.signal.throwIfAborted();
    const message = site
      .redact(error instanceof Error ? error.message : String(error))
      .replaceAll('AYON_SERVER_URL', '--server')
      .replaceAll('AYON_API_KEY', '--key');
    const isNoAyon = /\(404/.test(message);
    throw new WrongUse(
      isNoAyon ? `${site.server} is no AYON server (it has no /api/info); correct --server.` : `${message}.`,
    );
  }
}

/** Service users count as admins, may enroll and write in the name of others: our services need one, too. */
async function checkRights(site: Site): Promise<void> {
  const { body } = await answered(site, '/api/users/me');
  if (pick(body, 'data', 'isService') !== true) {
    throw new WrongUse(
      `The key belongs to "${pickText(body, 'name')}", who is no service user and may not do what is checked; take the key of a service user.`,
    );
  }
}

async function checkFree(site: Site): Promise<void> {
  const { status } = await answered(site, site.at(''));
  if (status !== 404) {
    throw new WrongUse(
      status === 200
        ? `A project ${site.project} exists on ${site.server}; checks run in one that they make and delete: name another, or leave --project out.`
        : `${site.server} answers ${status} when asked for a project that does not exist; checks cannot run there.`,
    );
  }
}

async function answered(site: Site, path: string) {
  try {
    return await site.send(get(path));
  } catch (error) {
    throw error instanceof NoAnswer ? new WrongUse(`${site.server}: ${error.message}; try again.`) : error;
  }
}
