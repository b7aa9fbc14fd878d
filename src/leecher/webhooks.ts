import { timingSafeEqual } from 'node:crypto';
import { SECOND_HAND } from '../contracts/names';
import { FtrackWebhook } from '../contracts/webhook';
import type { Intake } from './intake';
import type { Counters, LeecherLogger } from './telemetry';

export interface WebhookOptions {
  /** Last part of the address that ftrack is given; who knows it may tell us where to look. */
  readonly secret: string;
  /** ftrack's own address: calls of another workspace are refused. */
  readonly serverUrl: string;
  readonly isDelivering: () => boolean;
  readonly logger: LeecherLogger;
  /** How long the hub may take to tell the same, ms. */
  readonly waitMs: number;
}

/** An answer to a POST. */
export interface HookAnswer {
  readonly status: number;
  readonly error?: string;
}

const PREFIX = '/webhooks/ftrack/';

/**
 * ftrack's webhooks as a second way in. They say the same as the hub, later or not at all (no deletions, custom
 * attributes or links), under other ids: each is held for a moment, and handed on only when the hub did not tell it.
 * What is held when the process dies is found in ftrack's log.
 */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #intake: Intake;
  readonly #counters: Counters;
  readonly #waiting = new Set<NodeJS.Timeout>();

  constructor(options: WebhookOptions, { intake, counters }: { intake: Intake; counters: Counters }) {
    this.#options = options;
    this.#intake = intake;
    this.#counters = counters;
  }

  /** @returns undefined when the path is none of ours. */
  take(path: string, body: string): HookAnswer | undefined {
    if (!path.startsWith(PREFIX)) {
      return undefined;
    }
    if (!isSame(path.slice(PREFIX.length), this.#options.secret)) {
      return this.#refuse(404, 'unknown-secret', 'The address does not end in FTRACK_WEBHOOK_SECRET.');
    }
    const parsed = FtrackWebhook.safeParse(jsonOf(body));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.join('.') || 'the body';
      return this.#refuse(400, 'malformed', `This is no webhook of ftrack (${where}: ${issue?.message}).`);
    }
    if (originOf(parsed.data.metadata.server_url) !== originOf(this.#options.serverUrl)) {
      return this.#refuse(403, 'other-server', 'The webhook is of another ftrack workspace.');
    }
    this.#hold(messageOf(parsed.data));
    return { status: 202 };
  }

  stop(): void {
    this.#waiting.forEach((timer) => clearTimeout(timer));
    this.#waiting.clear();
  }

  #hold(message: object): void {
    const { isDelivering, waitMs } = this.#options;
    const arrivedAt = this.#intake.now();
    if (!isDelivering()) {
      this.#intake.accept(message, 'webhook');
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      if (this.#intake.knows(message, arrivedAt - waitMs)) {
        this.#counters.count('leecher_skipped', { reason: 'webhook-told' });
      } else {
        this.#intake.accept(message, 'webhook');
      }
    }, waitMs);
    this.#waiting.add(timer);
  }

  #refuse(status: number, reason: string, error: string): HookAnswer {
    this.#counters.count('leecher_skipped', { reason: `webhook-${reason}` });
    this.#options.logger.warn({ reason }, `a webhook is refused: ${error}`);
    return { status, error };
  }
}

function isSame(given: string, secret: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

const FAMILIES: Readonly<Record<string, string>> = {
  Project: 'show',
  Appointment: 'appointment',
  AssetVersion: 'assetversion',
};

/** As the hub would say it; typed contexts of any type are told by the column that only they have. */
function messageOf({ id, metadata, entity }: FtrackWebhook): object {
  const { entity_type, operation, new: now, old } = entity;
  const [entityId] = entity.id;
  const family = FAMILIES[entity_type] ?? ('object_type_id' in now ? 'task' : entity_type.toLowerCase());
  const project = entity_type === 'Project' ? entityId : now['project_id'];
  const keys = Object.keys(now).filter((key) => JSON.stringify(now[key]) !== JSON.stringify(old[key]));
  const change = {
    entityId,
    entityType: family,
    entity_type,
    action: operation === 'create' ? 'add' : 'update',
    keys,
    parents: typeof project === 'string' ? [{ entityId: project, entityType: 'show' }] : [],
  };
  return {
    id: `${SECOND_HAND.webhook}${id}`,
    topic: 'ftrack.update',
    data: { entities: keys.length === 0 ? [] : [change], user: { userid: metadata.resource_id } },
  };
}
