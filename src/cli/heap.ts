import { setFlagsFromString } from 'node:v8';

/**
 * Small spaces for young objects, and code kept small. Measured on Node 20 after 200 events: a processor takes 215
 * instead of 305 MB, a leecher 87 instead of 133, for no more processor time. Set here, and not on the command line,
 * so that every way of starting has it; the largest size counts only for threads that start later.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--max-semi-space-size=4');
  setFlagsFromString('--optimize-for-size');
}
