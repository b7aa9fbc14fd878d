import { ControlError } from '../../control';
import type { RouteRequest } from '../../http';
import type { Credentials } from '../credentials';
import { Hand } from '../hand';
import type { ConnectionUser } from '../hub/connection';
import type { EventHub } from '../hub/hub';
import type { Workspace } from '../operations/workspace';
import type { Store } from '../store/store';

export interface ViewParts {
  readonly workspace: Workspace;
  readonly hub: EventHub;
  readonly credentials: Credentials;
}

/** The user as whom a person looks and edits: reads and writes like everyone's, without a key. */
export interface Viewer {
  readonly user: ConnectionUser;
  readonly hand: Hand;
  readonly store: Store;
}

/**
 * The viewer whom a request names in `?user=`.
 * @throws ControlError when there is no such user
 */
export function viewerOf(
  { workspace, credentials }: ViewParts,
  request: Pick<RouteRequest, 'query' | 'headers'>,
): Viewer {
  const username = request.query.get('user') ?? '';
  const user = credentials.user(username);
  if (!user) {
    throw new ControlError(`The simulated ftrack has no active user ${JSON.stringify(username)}.`);
  }
  const { host } = request.headers;
  const caller = {
    ...user,
    strict: true,
    clientToken: null,
    pushToken: null,
    ...(host === undefined ? {} : { origin: `http://${host}` }),
  };
  const hand = new Hand(workspace.store, (operations) => workspace.execute(operations, caller));
  return { user, hand, store: workspace.store };
}
