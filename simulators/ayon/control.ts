import { z } from 'zod';
import type { Control } from '../control';
import { bodyOf, ControlError, DONE } from '../control';
import type { AyonStore } from './store';

const Credentials = z.strictObject({ user: z.string().optional() });
const example = { user: 'service' };

/** What another process can do to a simulated AYON besides what it can do to every simulator. */
export function ayonControls(store: AyonStore): Control[] {
  const revoked = new Map<string, string>();
  return [
    {
      method: 'POST',
      path: 'credentials/revoke',
      what: "The API keys of a user (default: everyone's) are refused.",
      example,
      run: (request) => {
        const { user } = bodyOf(request, Credentials, example);
        if (user !== undefined && !store.users.has(user)) {
          throw new ControlError(`The simulated AYON has no user ${JSON.stringify(user)}.`);
        }
        for (const [key, owner] of store.keys) {
          if (user === undefined || owner === user) {
            revoked.set(key, owner);
            store.revokeKey(key);
          }
        }
        return DONE;
      },
    },
    {
      method: 'POST',
      path: 'credentials/restore',
      what: 'All API keys work again, at once.',
      run: () => {
        for (const [key, owner] of revoked) {
          store.keys.set(key, owner);
          // Without a session the server would refuse the key for up to a minute more.
          store.sessions.accept(key, owner);
        }
        revoked.clear();
        return DONE;
      },
    },
    {
      method: 'POST',
      path: 'restart',
      what: 'The server restarts: attributes that were defined become known.',
      run: () => {
        store.restart();
        return DONE;
      },
    },
  ];
}
