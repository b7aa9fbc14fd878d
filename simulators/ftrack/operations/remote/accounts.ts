import type { Credentials } from '../../credentials';
import { validationError } from '../../errors';
import { asText, nowStamp } from '../../values';
import type { Work } from '../caller';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';
import { existing } from '../write';
import { rowOf, textOf, writableRowOf } from './arguments';

/** A new key for a user or an `ApiKey`; the old one is refused at once. */
function resetRemote(credentials: Credentials, work: Work, operation: SentOperation): object {
  const resetType = textOf(operation, 'reset_type');
  const entityType = textOf(operation, 'entity_type');
  if (resetType !== 'api_key' || (entityType !== 'User' && entityType !== 'ApiKey')) {
    throw validationError(
      `reset_remote knows reset_type "api_key" of a User or an ApiKey, not "${resetType}" of ${entityType}.`,
    );
  }
  const row = existing(work, work.reader.store.registry.get(entityType), operation);
  const newKey = crypto.randomUUID();
  work.afterCommit(() =>
    entityType === 'User'
      ? credentials.replaceKey(asText(row.data['username']), newKey)
      : credentials.replaceApiKey(row.key, newKey),
  );
  return { action: 'reset_remote', data: { api_key: newKey } };
}

/** No mail leaves the simulator; the invitee's row tells when it would have. */
function sendReviewInvite(work: Work, operation: SentOperation): object {
  const invitee = writableRowOf(work, operation, {
    name: 'review_session_invitee_id',
    type: 'ReviewSessionInvitee',
  });
  work.transaction.set(invitee, 'last_sent_at', nowStamp());
  return { sent: true };
}

/** `reset_remote` and the invitations. */
export function accountOperations(credentials: Credentials): OperationHandlers {
  return {
    reset_remote: (work, operation) => resetRemote(credentials, work, operation),
    send_user_invite: (work, operation) => {
      rowOf(work, operation, { name: 'user_id', type: 'User' });
      return { sent: true };
    },
    send_review_session_invite: sendReviewInvite,
  };
}
