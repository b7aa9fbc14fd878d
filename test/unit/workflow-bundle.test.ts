import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { WORKFLOW } from '../../src/contracts/names';
import * as workflows from '../../src/workflows/index';

const MOST_BYTES = 2_000_000;

test('the workflow code bundles: nothing that it reaches touches Node, and it stays small', async () => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index'),
    logger: new DefaultLogger('ERROR'),
  });

  expect(Buffer.byteLength(code)).toBeLessThan(MOST_BYTES);
  expect(code).not.toMatch(/node_modules\/(?:ws|zod|pino)\//);
}, 60_000);

test('each workflow type that others start is exported under its name', () => {
  expect(
    Object.values(WORKFLOW).filter((name) => typeof Reflect.get(workflows, name) !== 'function'),
  ).toEqual([]);
});
