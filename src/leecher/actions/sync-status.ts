import type { ActionAnswer, Selected } from '../../contracts/actions';
import type { QueueView } from '../../contracts/queue';
import type { Action } from './action';
import { plain } from './action';

export interface SelectedProject {
  readonly id: string;
  readonly name: string;
}

/**
 * How a project's queue stands: `none` when there is none and so nothing waits; `unanswered` when Temporal is there and no
 * processor is, with what still waits.
 */
export type QueueStanding =
  | Pick<QueueView, 'state' | 'text' | 'parked'>
  | 'none'
  | { readonly unanswered: number };

export interface SyncStatusOptions {
  /** Entity types that {@link projectsOf} can look up. */
  readonly types: readonly string[];
  readonly projectsOf: (
    selection: readonly Selected[],
    signal: AbortSignal,
  ) => Promise<readonly SelectedProject[]>;
  /** Throws while Temporal is away. */
  readonly standingOf: (project: string) => Promise<QueueStanding>;
}

const NOTHING = { state: 'idle', text: '', parked: [] } as const;
/** Parked events that the form lists. */
const LISTED = 10;

/** Tells people in ftrack how far AYON is behind their project, and what needs somebody. */
export function syncStatus({ types, projectsOf, standingOf }: SyncStatusOptions): Action {
  return {
    identifier: 'ayon.sync.status',
    label: 'AYON sync status',
    description: 'How far AYON is behind this project, and which changes wait for somebody.',
    icon: 'AYONAdmin',
    fits: (selection) =>
      selection.length > 0 && selection.every(({ entityType }) => types.includes(entityType)),
    async launch({ selection }, signal) {
      const projects = await projectsOf(selection, signal).catch(() => undefined);
      if (projects === undefined) {
        return failed('ftrack did not tell to which project the selection belongs; try again in a moment.');
      }
      const [project, ...others] = projects;
      if (project === undefined) {
        return failed(
          'ftrack does not show us what you selected; give our ftrack user access to its project.',
        );
      }
      if (others.length > 0) {
        return failed(`The selection is of ${projects.length} projects; select in one project only.`);
      }
      return standingOf(project.id).then(
        (standing) => answerOf(project.name, standing),
        () =>
          failed(
            'Temporal does not answer, so nothing reaches AYON for now. What you change is kept and follows by itself.',
          ),
      );
    },
  };
}

function answerOf(name: string, standing: QueueStanding): ActionAnswer {
  const project = `<b>${plain(name)}</b>`;
  if (standing !== 'none' && 'unanswered' in standing) {
    return failed(
      `${project}: no processor answers, so nothing reaches AYON until one runs; ${standing.unanswered} changes wait and follow by themselves.`,
    );
  }
  const { state, text, parked } = standing === 'none' ? NOTHING : standing;
  if (parked.length === 0 && state === 'idle') {
    return { success: true, message: `${project}: nothing waits, AYON has all changes that we know of.` };
  }
  if (parked.length === 0) {
    return { success: true, message: `${project}: ${plain(text)}.` };
  }
  const more = parked.length > LISTED ? [label(`… and ${parked.length - LISTED} more.`)] : [];
  return {
    title: `AYON sync status: ${name}`,
    submit_button_label: 'Look again',
    items: [
      label(`${plain(text)}. These changes need somebody: correct the cause, then retry them in Temporal.`),
      ...parked.slice(0, LISTED).map(({ id, code, reason }) => label(`**${code}** ${plain(reason)} (${id})`)),
      ...more,
    ],
  };
}

const failed = (message: string): ActionAnswer => ({ success: false, message });
const label = (value: string) => ({ type: 'label' as const, value });
