/**
 * Writes the counts as the very last line of a run, alone on it, for people and for scripts: when the process ends,
 * because Jest prints its own summary after the reporters.
 */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    const line = summaryLine(results);
    const { writeSync } = process.getBuiltinModule('node:fs');
    process.once('exit', () => writeSync(1, `${line}\n`));
  }
};

/** A suite that could not run has no test in it; it counts as one failed test, so that it is never overlooked. */
function summaryLine(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const tail = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${results.numPassedTests} passed, ${failed} failed${tail}`;
}
module.exports.summaryLine = summaryLine;
