/** What players need to know about a video. */
export interface VideoInfo {
  readonly frames: number;
  /** Frames a second, the average. */
  readonly frameRate: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** The boxes that a buffer consists of, by type; of several of a type all. */
function* boxesIn(bytes: Buffer, wanted: string): Iterable<Buffer> {
  for (let start = 0; start + 8 <= bytes.length; ) {
    const short = bytes.readUInt32BE(start);
    const isLong = short === 1;
    // A size of 0 reaches to the end, 1 stands for a size of 64 bits behind the type.
    const size = isLong ? Number(bytes.readBigUInt64BE(start + 8)) : short || bytes.length - start;
    const header = isLong ? 16 : 8;
    if (size < header) {
      return;
    }
    if (bytes.toString('latin1', start + 4, start + 8) === wanted) {
      yield bytes.subarray(start + header, start + size);
    }
    start += size;
  }
}

function boxAt(bytes: Buffer, path: readonly string[]): Buffer | undefined {
  let current: Buffer | undefined = bytes;
  for (const type of path) {
    [current] = current ? [...boxesIn(current, type)] : [];
  }
  return current;
}

/** Units of time in a second: after version and flags, creation and change, which are longer in version 1. */
function timescale(header: Buffer): number {
  return header.readUInt32BE(header.readUInt8(0) === 1 ? 20 : 12);
}

/** Counts samples and their time in the table of runs of samples that last equally long. */
function samples(table: Buffer): { count: number; time: number } {
  const total = { count: 0, time: 0 };
  for (let run = 0; run < table.readUInt32BE(4); run += 1) {
    const count = table.readUInt32BE(8 + run * 8);
    total.count += count;
    total.time += count * table.readUInt32BE(12 + run * 8);
  }
  return total;
}

function trackInfo(track: Buffer): VideoInfo | undefined {
  const size = boxAt(track, ['tkhd']);
  const handler = boxAt(track, ['mdia', 'hdlr']);
  const header = boxAt(track, ['mdia', 'mdhd']);
  const runs = boxAt(track, ['mdia', 'minf', 'stbl', 'stts']);
  if (!size || !header || !runs || handler?.toString('latin1', 8, 12) !== 'vide') {
    return undefined;
  }
  const { count, time } = samples(runs);
  // Width and height end the box, as numbers with 16 bits behind the point.
  const [width, height] = [size.readUInt16BE(size.length - 8), size.readUInt16BE(size.length - 4)];
  const frameRate = time === 0 ? 0 : Math.round((count * timescale(header) * 1000) / time) / 1000;
  return count > 0 && frameRate > 0 ? { frames: count, frameRate, width, height } : undefined;
}

/**
 * Reads the first video track of an MP4 or QuickTime file (ISO/IEC 14496-12).
 *
 * @returns undefined when the bytes are no such file
 */
export function videoInfo(bytes: Buffer): VideoInfo | undefined {
  try {
    const movie = boxAt(bytes, ['moov']);
    for (const track of movie ? boxesIn(movie, 'trak') : []) {
      const info = trackInfo(track);
      if (info) {
        return info;
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    // A box ends before what it should hold: not a file that can be read.
  }
  return undefined;
}
