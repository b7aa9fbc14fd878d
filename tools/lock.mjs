/**
 * Completes package-lock.json after `npm install <package>` behind a registry mirror that lacks the binaries of other
 * platforms: npm then leaves their entries out, and `npm ci` refuses the file everywhere. Adds them by version, with
 * the platform that their name tells. Run: `node tools/lock.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inRoot, main, StepFailed } from './steps.mjs';

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x'];

await main(() => {
  const file = inRoot('package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = missing(lock.packages);
  const packages = { ...lock.packages, ...added };
  const sorted = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, undefined, 2)}\n`);
  process.stdout.write(`${Object.keys(added).length} entries added to package-lock.json\n`);
  return 0;
});

function missing(packages) {
  const added = {};
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!isInstalledFor(packages, place, name)) {
        added[`node_modules/${name}`] = entryFor(name, version, dev);
      }
    }
  }
  return added;
}

/** Node's resolution: the package's own node_modules, then that of each folder above. */
function isInstalledFor(packages, place, name) {
  const places = place.split('/node_modules/').map((_, i, all) => all.slice(0, i + 1).join('/node_modules/'));
  return ['', ...places].some((each) => `${each === '' ? '' : `${each}/`}node_modules/${name}` in packages);
}

function entryFor(name, version, dev) {
  const words = name.split(/[/-]/);
  const os = OS.find((each) => words.includes(each));
  const cpu = CPU.find((each) => words.includes(each));
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new StepFailed(
      `${name}@${version} is missing and its name tells no platform; run npm install again.`,
    );
  }
  const libc = { musl: ['musl'], gnu: ['glibc'] }[words.at(-1)];
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(os === 'linux' && libc ? { libc } : {}),
    optional: true,
    os: [os],
  };
}
