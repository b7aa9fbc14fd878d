import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DISPATCH_DEFAULTS } from './dispatch';
import type { Outgoing } from './outgoing';
import { readOutgoing } from './outgoing';
import { GapMarkers } from './spool/gaps';
import { isOnRootFileSystem } from './spool/segments';
import { Spool } from './spool/spool';
import type { Counters, LeecherLogger } from './telemetry';

export interface SpoolSetting {
  readonly dir: string;
  /** Warn when the directory would die with a container. */
  readonly expectMount?: boolean;
  /** What it may hold at most, bytes; beyond that the oldest events are dropped and marked. Default: no bound. */
  readonly maxBytes?: number;
  /** How long to wait for the lock of a leecher that may be gone, ms. */
  readonly lockWaitMs?: number;
}

/** A full spool drops a segment as a whole, so that a small one has small ones. */
const LARGEST_SEGMENT = 8 * 1024 * 1024;
const LEAST_SEGMENTS = 8;

const segmentOf = (maxBytes: number): number =>
  Math.min(LARGEST_SEGMENT, Math.floor(maxBytes / LEAST_SEGMENTS));

interface Tools {
  readonly counters: Counters;
  readonly logger: LeecherLogger;
  /** ms since epoch, by the clock that stamps what arrives. */
  readonly now: () => number;
  /** Events that may wait in memory while the disk cannot be written. */
  readonly memory?: number;
}

interface OpenSpool {
  readonly spool: Spool<Outgoing>;
  readonly gaps: GapMarkers;
  /** Marks events that found no room. */
  readonly refuse: (items: readonly Outgoing[]) => void;
  /** Name of this leecher; another one from when the directory is another's, and the old name with it. */
  readonly leecher: () => string;
}

/** @throws SpoolInUse with one sentence when another leecher uses the directory. */
export async function openSpool(
  setting: SpoolSetting,
  { counters, logger, now, memory = DISPATCH_DEFAULTS.memory }: Tools,
): Promise<OpenSpool> {
  const { dir, lockWaitMs, maxBytes, expectMount = false } = setting;
  const gaps = await GapMarkers.open(dir);
  const refuse = markRefused({ counters, logger, gaps });
  const tellFull = nowAndThen();
  let leecher: string | undefined;
  const spool = await Spool.open<Outgoing>({
    dir,
    read: readOutgoing,
    onTrouble: (what, message, count) => {
      counters.count('leecher_spool', { what }, count);
      logger.error({ dir, what, problem: message }, 'trouble with the spool');
    },
    onMended: () => logger.info({ dir }, 'the spool works again'),
    onDropped: async (items) => {
      await gaps.add(items);
      counters.count('leecher_events', { outcome: 'dropped' }, items.length);
      tellFull(() =>
        logger.error(
          { dir, events: items.length, gaps: gaps.list },
          "the spool is full and drops its oldest events; the gap fill reads their changes again from ftrack's log",
        ),
      );
    },
    onRefused: refuse,
    onTaken: () => {
      leecher = randomUUID();
    },
    onUnreadable: (lines) => gaps.noteUnknown(lines, now()),
    memory,
    ...(maxBytes === undefined ? {} : { maxBytes, segmentBytes: segmentOf(maxBytes) }),
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
  });
  if (expectMount && (await isOnRootFileSystem(dir).catch(() => false))) {
    logger.warn(
      { dir },
      'the spool is not on a mount: its events die with the container; mount a volume at SPOOL_DIR',
    );
  }
  const name = await nameIn(dir);
  return { spool, gaps, refuse, leecher: () => leecher ?? name };
}

/** Pause before further dropped events are told again, ms; all are counted. */
const TELL_AGAIN_MS = 60_000;

/** Tells at once, and then again only after a pause. */
function nowAndThen(): (tell: () => void) => void {
  let toldAt = -Infinity;
  return (tell) => {
    const now = performance.now();
    if (now - toldAt > TELL_AGAIN_MS) {
      toldAt = now;
      tell();
    }
  };
}

/** Marks events that found room neither on the disk nor in memory. */
function markRefused({
  counters,
  logger,
  gaps,
}: Pick<Tools, 'counters' | 'logger'> & { readonly gaps: GapMarkers }): (items: readonly Outgoing[]) => void {
  const tellDropped = nowAndThen();
  return (items) => {
    gaps.note(items);
    counters.count('leecher_events', { outcome: 'dropped' }, items.length);
    tellDropped(() =>
      logger.error(
        { events: items.length, gaps: gaps.list },
        "events are dropped: the spool cannot be written and memory is full; the gap fill reads their changes again from ftrack's log",
      ),
    );
  };
}

/** A name that stays with the spool, made when it has none; a directory that cannot be written gives a new one each time. */
async function nameIn(dir: string): Promise<string> {
  const file = path.join(dir, 'leecher-id');
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (/^[\w-]{8,64}$/.test(known)) {
    return known;
  }
  const name = randomUUID();
  await writeFile(file, name, { mode: 0o600 }).catch(() => undefined);
  return name;
}
