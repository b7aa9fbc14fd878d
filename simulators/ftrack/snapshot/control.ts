import { z } from 'zod';
import type { Control } from '../../control';
import { bodyOf, ControlError, DONE } from '../../control';
import type { RouteAnswer, RouteRequest } from '../../http';
import { isRecord } from '../values';
import type { SnapshotParts } from './document';
import { loadSnapshot, readSnapshot, SnapshotError, snapshotText } from './document';
import { readSnapshotFile, saveSnapshotFile } from './file';

const file = z.string().min(1);
const Request = z.union([z.strictObject({ save: file }), z.strictObject({ load: file })], {
  error: 'must be {"save": file}, {"load": file} or a snapshot',
});
const example = { save: 'studio.json.gz' };

async function handle(parts: SnapshotParts, request: RouteRequest): Promise<RouteAnswer> {
  if (isRecord(request.body) && 'format' in request.body) {
    loadSnapshot(parts, readSnapshot(request.body, 'The body'));
    return DONE;
  }
  const wanted = bodyOf(request, Request, example);
  if ('save' in wanted) {
    return { json: { file: wanted.save, bytes: await saveSnapshotFile(parts, wanted.save) } };
  }
  loadSnapshot(parts, await readSnapshotFile(wanted.load));
  return DONE;
}

/** Saving and loading everything that a simulated ftrack holds. */
export function snapshotControls(parts: SnapshotParts): Control[] {
  return [
    {
      method: 'GET',
      path: 'snapshot',
      what: 'Everything that the simulator holds, as one JSON document.',
      run: () => ({ body: snapshotText(parts).join(''), contentType: 'application/json' }),
    },
    {
      method: 'POST',
      path: 'snapshot',
      what: 'Saves to a file of the simulator ({"save": file}; compressed when it ends with .gz), or puts a saved file ({"load": file}) or a document in the place of everything.',
      example,
      run: async (request) => {
        try {
          return await handle(parts, request);
        } catch (error) {
          throw error instanceof SnapshotError ? new ControlError(error.message) : error;
        }
      },
    },
  ];
}
