import { newEventId } from '../events/update-event';
import { isRecord } from '../values';
import type { ConnectionUser } from './connection';
import type { EventHub, HubMember } from './hub';
import type { RoutedEvent } from './subscriptions';

/** What the user has selected; `entityType` is a table name such as `task`, `show` or `assetversion`. */
export interface Selected {
  readonly entityId: string;
  readonly entityType: string;
}

/** Something that an action or its service answered, as it was sent. */
export type ActionAnswer = Readonly<Record<string, unknown>>;

/** What the user chose and, after a form, filled in. */
export interface Launch {
  /** An item of the menu or the `actionIdentifier` that a form came with. */
  readonly item: ActionAnswer;
  readonly selection: readonly Selected[];
  readonly values?: Readonly<Record<string, unknown>>;
}

interface Question {
  readonly answers: unknown[];
  /** Called with each answer. */
  readonly arrived: () => void;
}

/**
 * ftrack's web page as far as actions go: asks for the menu, launches, sends forms back and shows what services push.
 * It takes part in the hub in this process, as the user it is made for.
 */
export class WebUser {
  /** Data of the `ftrack.action.trigger-user-interface` events that were meant for this user. */
  readonly shown: ActionAnswer[] = [];
  private readonly id = newEventId();
  private readonly user: ConnectionUser;
  private readonly member: HubMember;
  private readonly questions = new Map<string, Question>();
  private readonly onShown: (data: ActionAnswer) => void;

  /** @param onShown called with what is added to `shown` */
  constructor(hub: EventHub, user: ConnectionUser, onShown: (data: ActionAnswer) => void = () => undefined) {
    this.user = user;
    this.onShown = onShown;
    this.member = hub.join(user, (event) => this.receive(event));
    const metadata = {
      id: this.id,
      applicationId: 'ftrack.client.web',
      user: { id: user.userId, username: user.username },
    };
    this.member.subscriptions.add(metadata, 'topic=ftrack.meta.reply');
    this.member.subscriptions.add(
      { ...metadata, id: newEventId() },
      'topic=ftrack.action.trigger-user-interface',
    );
  }

  /**
   * The menu: items of all services that answer in time.
   *
   * @param waitMs how long the page waits for late services; it cannot know how many there are
   */
  async discover(selection: readonly Selected[], waitMs = 500): Promise<ActionAnswer[]> {
    const data = { selection, groupers: [], filters: [], sorters: [] };
    const answers = await this.ask('ftrack.action.discover', data, { waitMs, isEnough: () => false });
    return answers.flatMap((answer) => {
      const items = isRecord(answer) ? answer['items'] : answer;
      return Array.isArray(items) ? items.filter(isRecord) : [];
    });
  }

  /**
   * Launches an action, or sends its form back.
   *
   * @returns what the action answers: a message, a form or a widget; undefined when it says nothing in time
   */
  async launch(launch: Launch, waitMs = 10_000): Promise<ActionAnswer | undefined> {
    const { item, selection, values } = launch;
    const data = { ...item, selection, ...(values === undefined ? {} : { values }) };
    const isEnough = (answers: readonly unknown[]): boolean => answers.some(isRecord);
    const answers = await this.ask('ftrack.action.launch', data, { waitMs, isEnough });
    return answers.find(isRecord);
  }

  close(): void {
    this.member.leave();
  }

  private async ask(
    topic: string,
    data: object,
    patience: { waitMs: number; isEnough: (answers: readonly unknown[]) => boolean },
  ): Promise<readonly unknown[]> {
    const id = newEventId();
    const answers: unknown[] = [];
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience.waitMs);
      const arrived = (): void => {
        if (patience.isEnough(answers)) {
          clearTimeout(timer);
          resolve();
        }
      };
      this.questions.set(id, { answers, arrived });
      const user = { username: this.user.username };
      const source = { id: this.id, applicationId: 'ftrack.client.web', user };
      this.member.publish({ id, topic, data, source, target: '', inReplyToEvent: null, sent: null });
    });
    this.questions.delete(id);
    return answers;
  }

  private receive(event: RoutedEvent): void {
    const { topic, data, inReplyToEvent } = event;
    if (topic === 'ftrack.action.trigger-user-interface') {
      if (isRecord(data)) {
        this.shown.push(data);
        this.onShown(data);
      }
      return;
    }
    const question = typeof inReplyToEvent === 'string' ? this.questions.get(inReplyToEvent) : undefined;
    question?.answers.push(data);
    question?.arrived();
  }
}
