import { z } from 'zod';
import type { AyonAttribute } from '../../domain/model';
import { failure } from '../../errors';
import { projectNameProblem, refuse } from './checks';
import type { AyonHttp } from './http';
import { shaped } from './rest';

/** Addon whose settings are read. */
export interface Addon {
  readonly name: string;
  readonly version: string;
  /** Default: `production`. */
  readonly variant?: string;
}

const Info = z.object({ version: z.string() });
const Me = z.object({ name: z.string() });
const Attributes = z.object({
  attributes: z.array(
    z.object({
      name: z.string(),
      scope: z.array(z.string()).nullish(),
      builtin: z.boolean().nullish(),
      data: z.object({ type: z.string().nullish(), inherit: z.boolean().nullish() }),
    }),
  ),
});

/** Version of the server, such as `1.16.0`. */
export async function readVersion(http: AyonHttp, signal: AbortSignal): Promise<string> {
  const name = 'GET /api/info';
  const answer = await http.call<unknown>({ signal, kind: 'read', name }, (client, limited) =>
    client.GET('/api/info', { signal: limited }),
  );
  return shaped(Info, answer, name).version;
}

/** Name of the user behind our key. */
export async function readMe(http: AyonHttp, signal: AbortSignal): Promise<string> {
  const name = 'GET /api/users/me';
  const answer = await http.call<unknown>({ signal, kind: 'read', name }, (client, limited) =>
    client.GET('/api/users/me', { signal: limited }),
  );
  return shaped(Me, answer, name).name;
}

export async function readAttributes(http: AyonHttp, signal: AbortSignal): Promise<AyonAttribute[]> {
  const call = 'GET /api/attributes';
  const answer = await http.call<unknown>({ signal, kind: 'read', name: call }, (client, limited) =>
    client.GET('/api/attributes', { signal: limited }),
  );
  return shaped(Attributes, answer, call).attributes.map(({ name, scope, builtin, data }) => ({
    name,
    type: data.type ?? 'string',
    scope: scope ?? [],
    inherit: data.inherit ?? true,
    builtin: builtin ?? false,
  }));
}

/** Raw settings of an addon; undefined project: the studio's. @throws `settings-invalid` when AYON lacks the addon. */
export async function readSettings(
  http: AyonHttp,
  { addon, project }: { readonly addon: Addon; readonly project: string | undefined },
  signal: AbortSignal,
): Promise<unknown> {
  const { name, version, variant = 'production' } = addon;
  refuse(project === undefined ? undefined : projectNameProblem(project));
  const call = { signal, kind: 'read', name: `GET /api/addons/${name}/${version}/settings` } as const;
  const found = await http.find<unknown>(call, (client, limited) =>
    project === undefined
      ? client.GET('/api/addons/{addon_name}/{addon_version}/settings', {
          params: { path: { addon_name: name, addon_version: version }, query: { variant } },
          signal: limited,
        })
      : client.GET('/api/addons/{addon_name}/{version}/settings/{project_name}', {
          params: { path: { addon_name: name, version, project_name: project }, query: { variant } },
          signal: limited,
        }),
  );
  if (found === undefined) {
    // The same for every event of every project: waited for, so that an upgrade parks nothing.
    throw failure(
      'settings-invalid',
      `AYON has no addon ${name} ${version} to read settings of; install that version or set AYON_ADDON_VERSION to the one that is there`,
    );
  }
  return found;
}
