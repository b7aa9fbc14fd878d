import sharp from 'sharp';
import { fault } from './errors';
import type { Thumbnail } from './project';

/** Longest side of a thumbnail, pixels. */
const MAX_SIDE = 500;

const FORMATS: Readonly<Record<string, 'png' | 'jpeg'>> = { 'image/png': 'png', 'image/jpeg': 'jpeg' };

/**
 * Makes a thumbnail: at most 500 pixels a side, never enlarged, in the format in which it came.
 * @throws AyonFault 415 for another type than png or jpeg, 400 for bytes that are no picture
 */
export async function makeThumbnail(bytes: Buffer, contentType: string): Promise<Thumbnail> {
  const type = contentType.split(';', 1)[0]?.trim() ?? '';
  const format = FORMATS[type];
  if (!format) {
    throw fault(415, 'Thumbnail must be in png or jpeg format');
  }
  const size = { width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true } as const;
  const scaled = await readable(() => sharp(bytes).resize(size).toFormat(format).toBuffer());
  return { bytes: scaled, contentType: type, original: bytes };
}

/** A thumbnail of any picture that can be read, as jpeg. */
export async function thumbnailOf(bytes: Buffer): Promise<Thumbnail> {
  const jpeg = await readable(() => sharp(bytes).flatten().jpeg().toBuffer());
  return makeThumbnail(jpeg, 'image/jpeg');
}

/**
 * What a picture says of itself.
 * @throws AyonFault 400
 */
export async function pictureInfo(
  bytes: Buffer,
): Promise<{ codec: string; width: number; height: number; frameRate: null; duration: null }> {
  const { format, width, height } = await readable(() => sharp(bytes).metadata());
  return { codec: format ?? '', width: width ?? 0, height: height ?? 0, frameRate: null, duration: null };
}

async function readable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fault(400, `The picture cannot be read: ${reason}`);
  }
}
