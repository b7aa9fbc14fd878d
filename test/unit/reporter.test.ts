import { createRequire } from 'node:module';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}
const { summaryLine } = createRequire(__filename)('../support/reporter.js') as {
  readonly summaryLine: (results: Results) => string;
};
const none: Results = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

test('the closing line has passed and failed, and skipped only when there are any', () => {
  expect(summaryLine(none)).toBe('3 passed, 0 failed');
  expect(summaryLine({ ...none, numFailedTests: 2 })).toBe('3 passed, 2 failed');
  expect(summaryLine({ ...none, numPendingTests: 1, numTodoTests: 1 })).toBe('3 passed, 0 failed, 2 skipped');
});

test('a suite that cannot even be loaded counts as a failure', () => {
  expect(summaryLine({ ...none, numRuntimeErrorTestSuites: 1 })).toBe('3 passed, 1 failed');
});
