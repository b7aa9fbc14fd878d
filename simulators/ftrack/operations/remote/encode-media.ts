import { contentTypeOf, fileNameOf } from '../../files/content-type';
import type { FileStore, StoredFile } from '../../files/file-store';
import type { Picture } from '../../files/images';
import { scaled } from '../../files/images';
import { videoInfo } from '../../files/video-info';
import { serverLocationId } from '../../schema/publishing';
import type { Row } from '../../store/table';
import type { Data } from '../../values';
import { asText } from '../../values';
import type { Work } from '../caller';
import { removeRow } from '../delete';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';
import { create } from '../write';
import { rowOf, writableRowOf } from './arguments';
import type { FinishJob, JobRunner } from './jobs';

/** A component that the job makes; `format` is what the job's data calls it. */
interface Output {
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly isReview: boolean;
}

/** What an output becomes. */
interface Product {
  readonly output: Output;
  readonly fileType: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Metadata `ftr_meta` that players read; undefined: the source's, if it has any. */
  readonly review: string | undefined;
}

interface Encoding {
  readonly sourceId: string;
  readonly versionId: string | null;
  readonly keepOriginal: boolean;
  readonly outputs: readonly Output[];
}

/** Longest side of the pictures that are made. */
const pictureSizes = { 'ftrackreview-image': 4096, thumbnail: 600 } as const;

const reviewMetaKey = 'ftr_meta';

function planned(name: string, format: string): Output {
  return { id: crypto.randomUUID(), name, format, isReview: name.startsWith('ftrackreview') };
}

/** Which outputs a file of this media type gets; none for what nobody can look at. */
function outputsFor(contentType: string): readonly Output[] {
  if (contentType.startsWith('image/')) {
    return [planned('ftrackreview-image', 'image/jpeg'), planned('thumbnail', 'image/jpeg')];
  }
  if (contentType === 'video/webm') {
    return [planned('ftrackreview-webm', contentType)];
  }
  return contentType.startsWith('video/') ? [planned('ftrackreview-mp4', 'video/mp4')] : [];
}

class MediaEncoder {
  private readonly files: FileStore;
  private readonly jobs: JobRunner;

  constructor(files: FileStore, jobs: JobRunner) {
    this.files = files;
    this.jobs = jobs;
  }

  start(work: Work, operation: SentOperation): object {
    const source = rowOf(work, operation, { name: 'component_id', type: 'FileComponent' });
    const hasVersion = (operation['version_id'] ?? null) !== null;
    const version = hasVersion
      ? writableRowOf(work, operation, { name: 'version_id', type: 'AssetVersion' })
      : undefined;
    const name = fileNameOf(source.data);
    const encoding: Encoding = {
      sourceId: source.key,
      versionId: version?.key ?? null,
      keepOriginal: operation['keep_original'] !== false,
      outputs: outputsFor(contentTypeOf(name)),
    };
    const jobId = this.jobs.start(work, {
      type: 'encode_media',
      data: jobData(encoding),
      run: () => this.encode(encoding, { source, name }),
    });
    return { action: 'encode_media', job_id: jobId };
  }

  private async encode(encoding: Encoding, media: { source: Row; name: string }): Promise<FinishJob> {
    const { source, name } = media;
    const file = this.files.get(source.key);
    if (!file) {
      throw new Error(`Component ${source.key} (${name}) has no file in ftrack.server; upload it first.`);
    }
    if (encoding.outputs.length === 0) {
      throw new Error(`${name} is neither a picture nor a video and cannot be made playable.`);
    }
    const products = await Promise.all(
      encoding.outputs.map(async (output) =>
        output.format === 'image/jpeg' ? await picture(output, file, name) : original(output, file, source),
      ),
    );
    return (work, jobId) => this.finish(work, { encoding, products, jobId });
  }

  private finish(
    work: Work,
    task: { encoding: Encoding; products: readonly Product[]; jobId: string },
  ): void {
    const { encoding, products, jobId } = task;
    const { store } = work.reader;
    this.files.assertFits(products.reduce((sum, { bytes }) => sum + bytes.length, 0));
    for (const product of products) {
      work.afterCommit(() => this.files.put(product.output.id, product.bytes, product.contentType));
      createComponent(work, product, encoding);
      create(work, {
        entity_type: 'JobComponent',
        entity_data: { job_id: jobId, component_id: product.output.id },
      });
    }
    const picture = encoding.outputs.find(({ name }) => name === 'thumbnail');
    const version = encoding.versionId === null ? undefined : store.find('AssetVersion', encoding.versionId);
    if (version && picture) {
      work.transaction.set(version, 'thumbnail_id', picture.id);
    }
    const source = store.find('FileComponent', encoding.sourceId);
    if (source && !encoding.keepOriginal) {
      removeRow(work, source);
    }
  }
}

function jobData(encoding: Encoding): Data {
  return {
    output: encoding.outputs.map(({ id, format }) => ({ format, component_id: id })),
    source_component_id: encoding.sourceId,
    keep_original: encoding.keepOriginal,
  };
}

async function picture(output: Output, file: StoredFile, name: string): Promise<Product> {
  const size = pictureSizes[output.isReview ? 'ftrackreview-image' : 'thumbnail'];
  const made: Picture | undefined = await scaled(file.bytes, { size, format: 'jpeg' });
  if (!made) {
    throw new Error(`${name} cannot be read as a picture.`);
  }
  const { bytes, contentType, width, height } = made;
  const review = output.isReview ? JSON.stringify({ format: 'image', width, height }) : undefined;
  return { output, fileType: '.jpg', bytes, contentType, review };
}

/** There is no transcoder here: the bytes stay as they are. */
function original(output: Output, file: StoredFile, source: Row): Product {
  const { bytes, contentType } = file;
  const info = videoInfo(bytes);
  const review = info && {
    frameIn: 0,
    frameOut: info.frames - 1,
    frameRate: info.frameRate,
    width: info.width,
    height: info.height,
  };
  return {
    output,
    fileType: asText(source.data['file_type'] ?? ''),
    bytes,
    contentType,
    review: review && JSON.stringify(review),
  };
}

function createComponent(work: Work, product: Product, encoding: Encoding): void {
  const { output, bytes, fileType } = product;
  const { store } = work.reader;
  const entity = (type: string, data: Data): void => {
    create(work, { entity_type: type, entity_data: data });
  };
  entity('FileComponent', {
    id: output.id,
    system_type: 'file',
    name: output.name,
    file_type: fileType,
    size: bytes.length,
    version_id: encoding.versionId,
  });
  entity('ComponentLocation', {
    component_id: output.id,
    location_id: serverLocationId,
    resource_identifier: output.id,
  });
  const sourceMeta = store.find('Metadata', `${encoding.sourceId}|${reviewMetaKey}`)?.data['value'];
  const metadata: Record<string, string | undefined> = output.isReview
    ? {
        source_component_id: encoding.sourceId,
        [reviewMetaKey]: product.review ?? (typeof sourceMeta === 'string' ? sourceMeta : undefined),
      }
    : {};
  for (const [key, value] of Object.entries(metadata)) {
    if (value !== undefined) {
      entity('Metadata', { parent_id: output.id, parent_type: 'FileComponent', key, value });
    }
  }
}

/** `encode_media`: a job that makes components for players and a thumbnail. */
export function encodeOperations(files: FileStore, jobs: JobRunner): OperationHandlers {
  const encoder = new MediaEncoder(files, jobs);
  return { encode_media: (work, operation) => encoder.start(work, operation) };
}
