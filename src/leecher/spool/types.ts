import type { Position } from './segments';

export type SpoolTrouble = 'corrupt' | 'torn' | 'error';

export interface SpoolOptions<T> {
  readonly dir: string;
  /** Checks what a line held; undefined sets the line aside. */
  read(value: unknown): T | undefined;
  /** Each thing that went wrong, with a sentence and how many it concerns (one by default); what stays is told once. */
  onTrouble(what: SpoolTrouble, message: string, count?: number): void;
  /** The disk works again after it did not. */
  onMended?(): void;
  /** Another leecher took the directory while this process stood still: what lies there is no longer ours. */
  onTaken?(): void;
  /** Records that may wait in memory while the disk cannot be written; what comes on top is refused. */
  readonly memory: number;
  /** Characters that may wait in memory at any time. */
  readonly memoryCharacters?: number;
  readonly segmentBytes?: number;
  /** What the disk may hold at most; beyond it the oldest segment goes. Default: no bound. */
  readonly maxBytes?: number;
  /** Called with the records of a segment before it goes; what it throws keeps the segment. */
  onDropped?(items: readonly T[]): Promise<void>;
  /** Called with what found room neither on the disk nor in memory. */
  onRefused?(items: readonly T[]): void;
  /** Called with how many lines of the disk will never be handed over, since nobody can read what they held. */
  onUnreadable?(lines: number): void;
  /** Pause before the disk is tried again while it fails. */
  readonly retryMs?: number;
  /** Pause between two looks whether the disk works, while it does. */
  readonly checkMs?: number;
  /** How long to wait for a lock whose holder may be gone. */
  readonly lockWaitMs?: number;
}

export interface SpoolState {
  /** Records not yet handed over, those in memory included. */
  readonly events: number;
  readonly bytes: number;
  /** Records that are not on the disk (yet). */
  readonly inMemory: number;
  /** What is wrong with the disk, and what to do; undefined while all is well. */
  readonly problem: string | undefined;
  /** Files of the folder that hold what was set aside, for people to look at. */
  readonly setAside: readonly string[];
  /** Above 0.8 of what the disk may hold. */
  readonly nearlyFull: boolean;
}

/** The oldest records. Commit it once they are handed over durably; until then the same ones come again. */
export interface SpoolBatch<T> {
  readonly items: readonly T[];
  /** Behind it on the disk; undefined for records that never reached the disk. */
  readonly end: Position | undefined;
  /** Lines it covers, set aside ones included. */
  readonly lines: number;
}
