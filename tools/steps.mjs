/** What the scripts beside share. Node built-ins only: they run before anything is installed. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const inRoot = (...parts) => path.join(ROOT, ...parts);

/** A failure whose message is all that people need; no stack is shown. */
export class StepFailed extends Error {}

/** @throws StepFailed when this Node is older than package.json asks for. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const [major, minor] = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number);
  const [hasMajor, hasMinor] = process.versions.node.split('.').map(Number);
  if (hasMajor < major || (hasMajor === major && hasMinor < minor)) {
    throw new StepFailed(
      `Node ${process.versions.node} is too old: install Node ${major}.${minor} or newer from https://nodejs.org.`,
    );
  }
}

/** Runs a program with our terminal; resolves with its exit code, also when a signal ended it. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', windowsHide: true, ...options });
    const pass = (signal) => child.kill(signal);
    // Ctrl-C reaches the child by itself (same terminal): we only must not end before it.
    const wait = () => undefined;
    process.on('SIGTERM', pass).on('SIGINT', wait);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGTERM', pass).off('SIGINT', wait);
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs a program quietly under one progress line; its output is shown only when it fails.
 * @throws StepFailed when its exit code is not 0.
 */
export async function runQuietly(title, { command, args, options }, progress) {
  const line = progressLine(title, progress);
  let output = '';
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...options,
  });
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  line.end(code === 0 ? 'done' : 'failed');
  if (code !== 0) {
    process.stderr.write(`${output.trimEnd()}\n`);
    throw new StepFailed(`"${title}" failed; the lines above say why.`);
  }
}

/**
 * How npm is started: by the npm that runs us when there is one (works without a shell everywhere), else by name;
 * on Windows the name is a command file, which needs the shell.
 */
export function npm(...args) {
  const own = process.env.npm_execpath;
  if (own !== undefined && /npm-cli\.c?js$/.test(own)) {
    return { command: process.execPath, args: [own, ...args], options: {} };
  }
  return process.platform === 'win32'
    ? { command: 'npm.cmd', args, options: { shell: true } }
    : { command: 'npm', args, options: {} };
}

/**
 * One line on a terminal, rewritten twice a second; in a log one line at the start, one each 15 s, one at the end.
 * @param detail returns more text, such as a count; may be undefined.
 */
export function progressLine(title, detail = () => '') {
  const started = Date.now();
  const out = process.stderr;
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  const text = (end) => [title, detail(), end ?? seconds()].filter(Boolean).join(' · ');
  const show = () => out.write(out.isTTY ? `\r\u001b[2K${text()}` : `${text()}\n`);
  show();
  const timer = setInterval(show, out.isTTY ? 500 : 15_000);
  return {
    /** Shows a new title. */
    step(next) {
      title = next;
      show();
    },
    end(word) {
      clearInterval(timer);
      out.write(`${out.isTTY ? '\r\u001b[2K' : ''}${text(`${word} in ${seconds()}`)}\n`);
    },
  };
}

/** Newest modification time of files and folders (recursively), in ms since epoch; 0 when nothing is there. */
export function newest(...names) {
  const times = names
    .map((name) => inRoot(name))
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const info = statSync(file);
      return info.isDirectory()
        ? [
            info.mtimeMs,
            ...readdirSync(file, { recursive: true }).map((each) => timeOf(path.join(file, each))),
          ]
        : [info.mtimeMs];
    });
  return Math.max(0, ...times);
}

/** An editor may remove a file while we look. */
const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Runs a script's body; a StepFailed becomes its sentence and exit code 1. */
export async function main(body) {
  try {
    process.exitCode = await body(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof StepFailed ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
