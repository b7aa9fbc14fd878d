'use strict';
/**
 * Loaded into a service of the testbed before its own code: makes its clock, its name lookups or its disk fail, as a file
 * tells that is read again on SIGUSR2. The service itself knows nothing of it.
 */
const dns = require('node:dns');
const fs = require('node:fs');

const file = process.env.AYON_FTRACK_INJECTED;
const isMain = require('node:worker_threads').isMainThread;
let faults = {};

function read() {
  faults = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(faults));
}

function failing(code, call) {
  return Object.assign(new Error(`${code}: injected, ${call}`), { code, syscall: call, errno: -1 });
}

const { now } = Date;
const shifted = () => now() + (faults.clockMs ?? 0);
Date.now = shifted;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [shifted()] : args, self),
});

const { lookup } = dns;
dns.lookup = (name, ...rest) => {
  if (faults.dns && name === faults.dns) {
    const error = Object.assign(failing('ENOTFOUND', 'getaddrinfo'), { hostname: name });
    process.nextTick(rest.at(-1), error);
    return {};
  }
  return lookup(name, ...rest);
};

/** Only below one folder, and only what would change it. */
function guard(owner, name, isWrite = () => true) {
  const original = owner[name];
  owner[name] = function (target, ...rest) {
    const isBelow = faults.disk && String(target).startsWith(faults.disk.below);
    if (isBelow && isWrite(rest)) {
      return Promise.reject(failing(faults.disk.code, name));
    }
    return original.call(this, target, ...rest);
  };
}
const opensForWriting = ([flags = 'r']) => flags !== 'r';
for (const name of ['writeFile', 'rename', 'mkdir', 'rm', 'utimes', 'appendFile', 'truncate']) {
  // A full disk still lets files go.
  const isWrite = () =>
    faults.disk.code !== 'ENOSPC' || !['rm', 'rename', 'utimes', 'truncate'].includes(name);
  guard(fs.promises, name, isWrite);
}
const { open } = fs.promises;
fs.promises.open = async (target, ...rest) => {
  const isBelow = () => faults.disk && String(target).startsWith(faults.disk.below);
  if (isBelow() && faults.disk.code !== 'ENOSPC' && opensForWriting(rest)) {
    throw failing(faults.disk.code, 'open');
  }
  const handle = await open(target, ...rest);
  for (const name of ['write', 'writev', 'appendFile', 'writeFile', 'sync', 'datasync']) {
    const original = handle[name].bind(handle);
    handle[name] = (...args) =>
      isBelow() ? Promise.reject(failing(faults.disk.code, name)) : original(...args);
  }
  return handle;
};

if (isMain) {
  read();
  process.on('SIGUSR2', read);
}
