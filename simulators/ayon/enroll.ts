import { camelKeys } from './entity-input';
import { fault } from './errors';
import type { StoredEvent } from './event-log';
import { jobHash } from './event-log';
import type { JsonObject } from './json';
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
  /** Milliseconds since the epoch; older sources are not seen. */
  oldest: number;
  description: string | undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A single topic may use `*`; topics in a list are exact. */
function topicMatcher(source: unknown): (topic: string) => boolean {
  if (typeof source !== 'string') {
    const exact = new Set(texts(source));
    return (topic) => exact.has(topic);
  }
  const pattern = source
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('_', '.');
  const expression = new RegExp(`^${pattern}$`);
  return (topic) => expression.test(topic);
}

function readEnrollment(request: AyonRequest): Enrollment {
  const body = camelKeys(request.body);
  const { targetTopic, sender } = body;
  if (typeof targetTopic !== 'string' || typeof sender !== 'string') {
    throw fault(400, 'An enrollment needs a targetTopic and a sender');
  }
  if (body['filter'] !== undefined && body['filter'] !== null) {
    throw fault(400, 'The simulator knows no filter of enrollments yet: leave it out');
  }
  const days = typeof body['ignoreOlderThan'] === 'number' ? body['ignoreOlderThan'] : 3;
  return {
    matches: topicMatcher(body['sourceTopic']),
    targetTopic,
    sender,
    senderType: typeof body['senderType'] === 'string' ? body['senderType'] : request.origin.senderType,
    sequential: body['sequential'] === true,
    maxRetries: typeof body['maxRetries'] === 'number' ? body['maxRetries'] : 3,
    ignoreSenderTypes: texts(body['ignoreSenderTypes']),
    oldest: days === 0 ? 0 : Date.now() - days * DAY_MS,
    description: typeof body['description'] === 'string' ? body['description'] : undefined,
  };
}

function isSource(event: StoredEvent, wanted: Enrollment): boolean {
  return (
    event.status === 'finished' &&
    wanted.matches(event.topic) &&
    !wanted.ignoreSenderTypes.includes(event.senderType) &&
    Date.parse(event.updatedAt) >= wanted.oldest
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

/**
 * `POST /api/enroll`: hands out the oldest source that has no finished job of this target topic.
 * @returns the job, or undefined when there is nothing to do
 */
export function enroll(store: AyonStore, request: AyonRequest): JsonObject | undefined {
  if (!isService(request.user)) {
    throw fault(403, 'Only services can enroll');
  }
  const wanted = readEnrollment(request);
  let candidates = 0;
  for (const source of store.events.ascending()) {
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
