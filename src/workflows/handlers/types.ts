import type { StepInput, StepResult } from '../../activities/step';
import type { FtrackEvent } from '../../contracts/messages';
import type { StepActivities } from '../activities';

/** One thing that is done about ftrack events. The order of the registry is the order of execution. */
export interface EventHandler {
  readonly name: string;
  /** Decided from the event alone; everything else is read by the activity. */
  readonly wants: (event: FtrackEvent) => boolean;
  readonly run: (activities: StepActivities, input: StepInput) => Promise<StepResult>;
}
