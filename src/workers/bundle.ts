import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a worker takes its workflow code from: a bundle made when the product was built, or sources to bundle now. */
export type WorkflowSource = { readonly bundle: string } | { readonly path: string };

const ROOT = path.resolve(__dirname, '..', '..');

/**
 * The bundle `dist/workflow-bundle.js` when this is built code; from sources (tests, development) it is bundled at
 * start, so that a stale `dist` never runs.
 */
export function workflowSource(): WorkflowSource {
  const bundle = path.join(ROOT, 'dist', 'workflow-bundle.js');
  const isBuilt = path.basename(path.dirname(__dirname)) === 'dist';
  return isBuilt && existsSync(bundle) ? { bundle } : { path: require.resolve('../workflows/index') };
}
