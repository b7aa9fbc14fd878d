/** Writes the counts as the very last line of a run, alone on it, for people and for scripts. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    this.line = summaryLine(results);
    // Jest writes its own summary to stderr, and after this call: the line waits until the process ends.
    process.once('exit', () => process.stdout.write(`${this.line}\n`));
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
