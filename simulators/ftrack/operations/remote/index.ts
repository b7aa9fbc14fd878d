import type { Credentials } from '../../credentials';
import type { FileStore } from '../../files/file-store';
import type { SignedLinks } from '../../files/signed-links';
import type { OperationHandlers } from '../registry';
import { accountOperations } from './accounts';
import { echoingMetadata } from './arguments';
import { delayedJobOperations } from './delayed-jobs';
import { encodeOperations } from './encode-media';
import type { JobRunner } from './jobs';
import { securityRoleOperations } from './security-roles';
import { uploadOperations } from './uploads';
import { widgetOperations } from './widgets';

/** What the special operations work with. */
export interface RemoteParts {
  readonly files: FileStore;
  readonly links: SignedLinks;
  readonly jobs: JobRunner;
  readonly credentials: Credentials;
}

/** The operations that are no reading or writing of entities: files, jobs, keys, invitations, roles, widgets. */
export function remoteOperations(parts: RemoteParts): OperationHandlers {
  const { files, links, jobs, credentials } = parts;
  return echoingMetadata({
    ...uploadOperations(files, links),
    ...encodeOperations(files, jobs),
    ...accountOperations(credentials),
    ...widgetOperations(links),
    ...delayedJobOperations(jobs),
    ...securityRoleOperations(credentials),
  });
}
