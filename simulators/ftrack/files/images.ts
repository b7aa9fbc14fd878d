import sharp from 'sharp';

/** A picture that was made, with its media type. */
export interface Picture {
  readonly bytes: Buffer;
  readonly contentType: 'image/png' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

/** Decoded pictures beyond this many pixels are refused: a small file can otherwise fill the memory. */
const maxPixels = 128 * 1024 * 1024;

/**
 * Scales a picture so that both sides fit into `size`, never up; turned as its EXIF data says. Transparent ones become
 * PNG, others JPEG.
 *
 * @returns undefined when the bytes are no picture that can be read
 */
export async function scaled(
  bytes: Buffer,
  options: { size: number; format?: 'jpeg' },
): Promise<Picture | undefined> {
  try {
    const picture = sharp(bytes, { limitInputPixels: maxPixels }).autoOrient();
    const { hasAlpha } = await picture.metadata();
    const small = picture.resize(options.size, options.size, { fit: 'inside', withoutEnlargement: true });
    const isPng = hasAlpha && options.format !== 'jpeg';
    const encoded = isPng ? small.png() : small.flatten({ background: '#000' }).jpeg({ quality: 85 });
    const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
    const contentType = isPng ? 'image/png' : 'image/jpeg';
    return { bytes: data, contentType, width: info.width, height: info.height };
  } catch {
    return undefined;
  }
}

const placeholderDrawing = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
<rect width="300" height="200" fill="#3a4450"/><rect x="105" y="60" width="90" height="80" rx="6" fill="#566170"/>
<path d="M115 130 l25 -35 18 22 12 -14 15 27 z" fill="#3a4450"/><circle cx="172" cy="82" r="8" fill="#3a4450"/></svg>`;

let placeholderPicture: Promise<Buffer> | undefined;

/** The picture that stands for what has none: a PNG. */
export function placeholder(): Promise<Buffer> {
  placeholderPicture ??= sharp(Buffer.from(placeholderDrawing)).png().toBuffer();
  return placeholderPicture;
}
