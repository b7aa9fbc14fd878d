import { fault, invalidRequest, missingIssue } from './errors';
import { eventKeys } from './event-filter';
import type { StoredEvent } from './event-log';
import { jobHash } from './event-log';
import type { Json, JsonObject } from './json';
import { textsOf } from './json';
import { InvalidFilter, readFilter } from './query-filter';
import type { AyonRequest } from './request';
import type { AyonStore } from './store';
import { isService } from './users';

/** At most so many sources are looked at per call. */
const MAX_CANDIDATES = 1000;

const DAY_MS = 86_400_000;

interface Enrollment {
  matches: (topic: string) => boolean;
  targetTopic: string;
  sender: string;
  senderType: string;
  sequential: boolean;
  maxRetries: number;
  ignoreSenderTypes: readonly string[];
  /** ISO time without a zone; sources that were last changed before are not seen. */
  oldest: string;
  description: string | undefined;
  accepts: (event: StoredEvent) => boolean;
}

/** A single topic may use `*`; topics in a list are exact. */
function topicMatcher(source: Json | undefined): (topic: string) => boolean {
  if (typeof source !== 'string') {
    const exact = new Set(textsOf(source));
    return (topic) => exact.has(topic);
  }
  const pattern = source
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('_', '.');
  const expression = new RegExp(`^${pattern}$`);
  return (topic) => expression.test(topic);
}

function readEnrollment(request: AyonRequest, now: number): Enrollment {
  const { body } = request;
  const { sourceTopic, targetTopic } = body;
  const sender = body['sender'] ?? request.origin.sender;
  const missing = ['sourceTopic', 'targetTopic'].filter((key) => body[key] === undefined);
  if (missing.length > 0) {
    const issues = missing.map((key) => missingIssue(['body', key]));
    throw invalidRequest(request, issues);
  }
  if (typeof targetTopic !== 'string' || typeof sender !== 'string') {
    throw fault(400, 'An enrollment needs a targetTopic and a sender, as text');
  }
  if (typeof sourceTopic === 'string' && sourceTopic.includes('%')) {
    throw fault(400, 'Invalid source topic: use * as a wildcard');
  }
  const days = typeof body['ignoreOlderThan'] === 'number' ? body['ignoreOlderThan'] : 3;
  return {
    matches: topicMatcher(sourceTopic),
    targetTopic,
    sender,
    senderType: typeof body['senderType'] === 'string' ? body['senderType'] : request.origin.senderType,
    sequential: body['sequential'] === true,
    maxRetries: typeof body['maxRetries'] === 'number' ? body['maxRetries'] : 3,
    ignoreSenderTypes: textsOf(body['ignoreSenderTypes']),
    accepts: readFilter(body['filter'], eventKeys),
    oldest: days === 0 ? '' : new Date(now - days * DAY_MS).toISOString().slice(0, -1),
    description: typeof body['description'] === 'string' ? body['description'] : undefined,
  };
}

function isSource(event: StoredEvent, wanted: Enrollment): boolean {
  return (
    event.status === 'finished' &&
    !wanted.ignoreSenderTypes.includes(event.senderType) &&
    event.updatedAt >= wanted.oldest &&
    wanted.accepts(event)
  );
}

type Decision = 'take' | 'restart' | 'skip' | 'stop';

/** What an existing job means for who asks. */
function decide(job: StoredEvent, wanted: Enrollment): Decision {
  if (job.status === 'finished' || (job.status === 'failed' && job.retries > wanted.maxRetries)) {
    return 'skip';
  }
  if (job.status === 'failed' || job.status === 'restarted') {
    return 'restart';
  }
  if (job.sender === wanted.sender) {
    return 'take';
  }
  return wanted.sequential ? 'stop' : 'skip';
}

function jobView(job: StoredEvent): JsonObject {
  return { id: job.id, dependsOn: job.dependsOn, hash: job.hash, status: job.status };
}

function startJob(
  store: AyonStore,
  source: StoredEvent,
  at: { wanted: Enrollment; user: string },
): StoredEvent {
  const { wanted, user } = at;
  return store.events.add(
    {
      topic: wanted.targetTopic,
      hash: jobHash(source.id, wanted.targetTopic),
      dependsOn: source.id,
      status: 'pending',
      description: wanted.description ?? `Convert from ${source.topic} to ${wanted.targetTopic}`,
    },
    { user, sender: wanted.sender, senderType: wanted.senderType },
  );
}

function restartJob(store: AyonStore, job: StoredEvent, wanted: Enrollment): void {
  store.events.patch(job, {
    status: 'pending',
    retries: job.retries + 1,
    sender: wanted.sender,
    description: 'Restarting failed event',
  });
}

/** Observed: a broken filter answers as if there were no work. */
function readOrNothing(request: AyonRequest, now: number): Enrollment | undefined {
  try {
    return readEnrollment(request, now);
  } catch (error) {
    if (error instanceof InvalidFilter) {
      return undefined;
    }
    throw error;
  }
}

/**
 * `POST /api/enroll`: hands out the oldest source that has no finished job of this target topic.
 * @returns the job, or undefined when there is nothing to do
 */
export function enroll(store: AyonStore, request: AyonRequest): JsonObject | undefined {
  if (!isService(request.user)) {
    throw fault(403, 'Only services can enroll');
  }
  const wanted = readOrNothing(request, store.clock.millis());
  if (!wanted) {
    return undefined;
  }
  let candidates = 0;
  for (const source of store.events.ofTopics(wanted.matches)) {
    if (!isSource(source, wanted)) {
      continue;
    }
    const job = store.events.targetsOf(source.id).find(({ topic }) => topic === wanted.targetTopic);
    if (!job) {
      return jobView(startJob(store, source, { wanted, user: request.user.name }));
    }
    const decision = decide(job, wanted);
    if (decision === 'restart') {
      restartJob(store, job, wanted);
    }
    if (decision === 'take' || decision === 'restart') {
      return jobView(job);
    }
    candidates += job.status === 'finished' ? 0 : 1;
    if (decision === 'stop' || candidates >= MAX_CANDIDATES) {
      return undefined;
    }
  }
  return undefined;
}
