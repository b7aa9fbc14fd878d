import type { ActionAnswer, Selected } from '../../contracts/actions';

/** What a person launched, and on what. */
export interface Launch {
  /** Of the launch's event: what must happen once is named by it. */
  readonly id: string;
  readonly selection: readonly Selected[];
  /** ftrack name of the person; not proved, whoever reaches the hub can claim to be anybody. */
  readonly user: string | undefined;
  /** What was filled in, when a form came back. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
}

/** Something that people find in ftrack's menu. */
export interface Action {
  /** Unique in ftrack and never changed: forms that are open in browsers bear it. */
  readonly identifier: string;
  readonly label: string;
  readonly variant?: string;
  readonly description: string;
  /** Name of an icon of the addon, without its ending. */
  readonly icon: string;
  /** Whether the menu shows it. Asked with each click in ftrack, so it decides from the selection alone. */
  fits(selection: readonly Selected[]): boolean;
  /**
   * Answers within about four seconds, or the signal is aborted. Whatever takes longer, or must not be lost, is a
   * workflow that this starts.
   */
  launch(launch: Launch, signal: AbortSignal): Promise<ActionAnswer>;
}

/** Names of entities and reasons of failures come from people: nothing of them may be read as HTML. */
export const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
