import type { Group } from '../check';
import { refusal } from '../check';
import { matching, TEXT } from '../pattern';
import { get } from '../site';

export const server: Group = {
  name: 'server',
  title: 'information, version, keys and errors',
  checks: [
    {
      name: 'tells its version without a key',
      why: 'The probe that tells an outage from a failing request asks /api/info without a key.',
      run: (site) =>
        site.ask(
          { ...get('/api/info'), as: 'nobody' },
          { status: 200, body: { version: matching(/^\d+\.\d+/, 'a version such as 1.16.0') } },
        ),
    },
    {
      name: 'tells who the key belongs to',
      why: 'Services look at start whose key they have, and know their own writes by that name.',
      run: (site) =>
        site.ask(get('/api/users/me'), {
          status: 200,
          body: { name: TEXT, active: true, data: { isService: true } },
        }),
    },
    {
      name: 'refuses a wrong key with 401',
      why: 'Only 401 makes the client stop sending a key that was revoked.',
      run: (site) =>
        site.ask(
          { ...get('/api/users/me'), as: 'stranger' },
          { status: 401, body: { code: 401, detail: TEXT } },
        ),
    },
    {
      name: 'refuses a request without a key with 401',
      why: 'A server that answers anybody is no AYON that we should write to.',
      run: (site) => site.ask({ ...get('/api/projects'), as: 'nobody' }, refusal(401)),
    },
    {
      name: 'answers an unknown path with 404 as JSON',
      why: 'By its JSON a 404 of AYON is told from the one of a proxy before it.',
      run: (site) => site.ask(get('/api/no_such_path'), { status: 404, body: { code: 404, detail: TEXT } }),
    },
    {
      name: 'answers an unknown project with 404 as JSON',
      why: 'Events of projects that AYON does not have are passed over by this answer.',
      run: (site) =>
        site.ask(get(`/api/projects/${site.project}_nope`), {
          status: 404,
          body: { code: 404, detail: TEXT },
        }),
    },
  ],
};
