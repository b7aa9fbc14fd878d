const base = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};
const project = (displayName) => ({
  ...base,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
});
/** One real Temporal dev server per run, started when one of these projects is selected. */
const withTemporal = (displayName) => ({
  ...project(displayName),
  globalSetup: '<rootDir>/test/support/temporal-setup.ts',
  globalTeardown: '<rootDir>/test/support/temporal-teardown.ts',
});
module.exports = {
  projects: [...['unit', 'simulators'].map(project), ...['integration', 'replay', 'faults'].map(withTemporal)],
  reporters: ['default', '<rootDir>/test/support/reporter.js'],
  testTimeout: 60_000,
  // Most suites wait for processes and timers; one less than there are cores, Jest's own choice, would leave them idle.
  maxWorkers: '100%',
  // A failed test may leave its server open, and the official ftrack client leaves timers of 30 s: the run ends all the same.
  forceExit: true,
};
