import { validationError } from '../../errors';
import type { Data } from '../../values';
import type { Work } from '../caller';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';
import { textOf } from './arguments';
import type { JobRunner } from './jobs';

/** What each job would do; neither an LDAP server nor iconik is behind the simulator, so that it ends at once. */
const descriptions: Readonly<Record<string, string>> = {
  SYNC_USERS_LDAP: 'Synchronise users with LDAP',
  ICONIK_SYNC_STRUCTURE: 'Synchronise the structure with iconik',
};

function start(jobs: JobRunner, work: Work, operation: SentOperation): object {
  const type = textOf(operation, 'job_type');
  const description = descriptions[type];
  if (description === undefined) {
    const known = Object.keys(descriptions).join(', ');
    throw validationError(`delayed_job knows the job types ${known}, not ${JSON.stringify(type)}.`);
  }
  const id = jobs.start(work, { type, data: { description }, run: () => () => undefined });
  const data: Data = { __entity_type__: 'Job', id, type, status: 'queued' };
  return { action: 'delayed_job', data };
}

/** `delayed_job`: a job that is queued, runs and ends. */
export function delayedJobOperations(jobs: JobRunner): OperationHandlers {
  return { delayed_job: (work, operation) => start(jobs, work, operation) };
}
