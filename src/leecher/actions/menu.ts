import type { ActionAnswer, ActionItem } from '../../contracts/actions';
import { ActionEvent } from '../../contracts/actions';
import type { LeecherLogger, LeecherMetrics } from '../telemetry';
import type { Action } from './action';
import { plain } from './action';

export interface MenuOptions {
  readonly actions: readonly Action[];
  /** Only its holder answers. */
  readonly lease: { isHeld(): boolean };
  /** Folder of the addon's icons, as the browser reaches it. */
  readonly icons: string;
  readonly logger: LeecherLogger;
  readonly metrics: LeecherMetrics;
  /** Longest wait of a person for an answer, ms. */
  readonly answerMs?: number;
}

/** Sends data back to whoever asked; false when there is no connection. */
type Reply = (data: Readonly<Record<string, unknown>>) => boolean;

const TOPIC = { discover: 'ftrack.action.discover', launch: 'ftrack.action.launch' } as const;
/** ftrack's page shows nothing while it waits. */
const ANSWER_MS = 4_000;
/** Questions that are remembered: the hub may deliver one twice. */
const REMEMBERED = 1_000;

/**
 * Answers ftrack's questions for actions, at once and straight from the leecher. Every leecher hears every question; the
 * holder of the lease at that moment answers, also when its answer takes longer than its lease.
 */
export class Menu {
  readonly #options: MenuOptions;
  readonly #answered = new Set<string>();

  constructor(options: MenuOptions) {
    this.#options = options;
  }

  /** Subscriptions to the questions: of everybody, and of our actions only. */
  get subscriptions(): readonly string[] {
    const launches = this.#options.actions.map(
      ({ identifier }) => `topic=${TOPIC.launch} and data.actionIdentifier=${identifier}`,
    );
    return [`topic=${TOPIC.discover}`, ...launches];
  }

  /** Never throws. @returns false for an event that is no such question */
  take(raw: unknown, reply: Reply): boolean {
    const topic: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'topic') : undefined;
    if (topic !== TOPIC.discover && topic !== TOPIC.launch) {
      return false;
    }
    const question = ActionEvent.safeParse(raw);
    if (!question.success) {
      this.#count('unreadable');
    } else if (!this.#options.lease.isHeld()) {
      this.#count('elsewhere');
    } else if (this.#isRepeated(question.data.id)) {
      this.#count('repeated');
    } else if (topic === TOPIC.discover) {
      this.#discover(question.data, reply);
    } else {
      void this.#launch(question.data, reply);
    }
    return true;
  }

  #isRepeated(id: string): boolean {
    if (this.#answered.has(id)) {
      return true;
    }
    this.#answered.add(id);
    const [oldest] = this.#answered;
    if (this.#answered.size > REMEMBERED && oldest !== undefined) {
      this.#answered.delete(oldest);
    }
    return false;
  }

  #discover({ data: { selection } }: ActionEvent, reply: Reply): void {
    const items = this.#options.actions
      .filter((each) => each.fits(selection))
      .map((each) => this.#item(each));
    if (items.length > 0) {
      this.#count(reply({ items }) ? 'discovered' : 'unsent');
    }
  }

  #item({ identifier, label, variant, description, icon }: Action): ActionItem {
    return {
      label,
      ...(variant === undefined ? {} : { variant }),
      description,
      actionIdentifier: identifier,
      icon: `${this.#options.icons}/${icon}.svg`,
    };
  }

  async #launch({ id, source, data }: ActionEvent, reply: Reply): Promise<void> {
    const { actions, logger } = this.#options;
    const action = actions.find(({ identifier }) => identifier === data.actionIdentifier);
    if (action === undefined) {
      return;
    }
    const user = source.user?.username;
    const answer = await this.#answer(action, { id, selection: data.selection, user, values: data.values });
    const isSent = reply({ ...answer });
    this.#count(isSent ? 'launched' : 'unsent');
    logger.info({ action: action.identifier, user, isSent }, 'an action was launched in ftrack');
  }

  async #answer(action: Action, launch: Parameters<Action['launch']>[0]): Promise<ActionAnswer> {
    const { answerMs = ANSWER_MS, logger } = this.#options;
    const signal = AbortSignal.timeout(answerMs);
    try {
      return await Promise.race([action.launch(launch, signal), aborted(signal)]);
    } catch (error) {
      this.#count('failed');
      logger.warn({ err: error, action: action.identifier }, 'an action that was launched in ftrack failed');
      const reason = signal.aborted
        ? 'no answer came in time; try again'
        : 'the log of the leecher tells why';
      return { success: false, message: `${plain(action.label)} failed: ${reason}.` };
    }
  }

  #count(outcome: string): void {
    this.#options.metrics.count('leecher_menus', { outcome });
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
