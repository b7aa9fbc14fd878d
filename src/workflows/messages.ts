import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { GapFillView, Vouch } from '../contracts/gap-fill';
import type { Turn } from '../contracts/messages';
import { QUERY, SIGNAL } from '../contracts/names';
import type { Done, Enqueue, QueueView, Resolve, Waiter, Waiting } from '../contracts/queue';

/** To an event workflow. */
export const grant = defineSignal<[Turn]>(SIGNAL.grant);
export const revoke = defineSignal<[number]>(SIGNAL.revoke);
export const resolve = defineSignal<[Resolve]>(SIGNAL.resolve);
export const retry = defineSignal(SIGNAL.retry);
export const skip = defineSignal(SIGNAL.skip);
/** As the signals, but refused with a sentence when there is nothing to retry or skip. */
export const retryUpdate = defineUpdate<string, []>(SIGNAL.retry);
export const skipUpdate = defineUpdate<string, []>(SIGNAL.skip);

/** To a project queue. */
export const enqueue = defineSignal<[Enqueue]>(SIGNAL.enqueue);
export const done = defineSignal<[Done]>(SIGNAL.done);
export const waiting = defineSignal<[Waiting]>(SIGNAL.waiting);
export const pause = defineSignal<[string?]>(SIGNAL.pause);
export const resume = defineSignal(SIGNAL.resume);
export const pauseUpdate = defineUpdate<QueueView, [string?]>(SIGNAL.pause);
export const resumeUpdate = defineUpdate<QueueView>(SIGNAL.resume);
export const state = defineQuery<QueueView>(QUERY.state);
/** The first events that wait, as many as the holder of the turn of this number may take along. */
export const behind = defineQuery<readonly Waiter[], [number]>(QUERY.behind);

/** To the gap fill. */
export const vouch = defineSignal<[Vouch]>(SIGNAL.vouch);
export const sweep = defineSignal(SIGNAL.sweep);
export const gapFillState = defineQuery<GapFillView>(QUERY.state);
