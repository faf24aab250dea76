/**
 * Installs the packages of package-lock.json, when those in node_modules are others. A stamp with the lockfile's hash says
 * that they are the right ones; it is removed before an install and written after it, so one that was cut off is done again.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { neededNodePackage } from './node.mjs';
import { SetupError, say } from './setup-error.mjs';
import { withSetupLock } from './setup-lock.mjs';

const OUTPUT_CHARACTERS_MAX = 2000;

/** @param {string} root The repository's folder. */
export async function installPackages(root) {
  const wanted = lockHash(root);
  if (isStamped(root, wanted)) return;
  await withSetupLock(root, async (busyWith) => {
    // Another process may have installed them while this one waited, or a person with npm.
    if (isStamped(root, wanted)) return;
    if (!matchesLockfile(root)) {
      const first = existsSync(join(root, 'node_modules')) ? '' : ' (first start, about a minute)';
      say(`Installing packages${first}…`);
      rmSync(stampPath(root), { force: true });
      await npmCi(root, busyWith);
    }
    mkdirSync(dirname(stampPath(root)), { recursive: true });
    writeFileSync(stampPath(root), wanted);
  });
}

/**
 * The hash of the lockfile, with what else decides about what is installed. Not the Node that runs this: once the packages
 * are there, npm puts the one among them on the path of its scripts. @param {string} root
 */
export function lockHash(root) {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(`${process.platform} ${process.arch}\n`).update(lockfile).digest('hex');
}

function stampPath(root) {
  return join(root, 'node_modules', '.daymark-installed');
}

function isStamped(root, wanted) {
  try {
    return readFileSync(stampPath(root), 'utf8') === wanted;
  } catch {
    return false;
  }
}

/** Whether npm's own record of node_modules, which it writes last, has every package that the lockfile asks for here. */
function matchesLockfile(root) {
  let wanted;
  let installed;
  try {
    wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    installed = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  const node = neededNodePackage();
  if (node && !installed[`node_modules/${node}`]) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

async function npmCi(root, busyWith) {
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const npm = npmCommand();
  const child = spawn(npm.command, [...npm.before, ...args], {
    cwd: root,
    shell: npm.shell,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid) busyWith(child.pid);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new SetupError(`npm cannot be started (${error.code}). Install npm, which comes with Node.`)),
    );
    child.once('close', resolve);
  });
  if (code === 0) return;
  // npm says first what is wrong and then, at length, how it is used.
  const said = output.trim().slice(0, OUTPUT_CHARACTERS_MAX);
  throw new SetupError(`Installing the packages failed. ${remedyFor(said)}\n${said}`);
}

function remedyFor(output) {
  if (/ENOSPC|no space left/i.test(output)) return 'The disk is full: free some space and start again. npm says:';
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/i.test(output)) {
    return 'The package registry cannot be reached: check the network or the proxy and start again. npm says:';
  }
  if (/EACCES|EPERM|EROFS/.test(output)) return 'The folder cannot be written: check its owner. npm says:';
  return 'npm says:';
}

/** npm names its own program to scripts; started without npm, the one on the path is taken. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return { command: process.execPath, before: [script], shell: false };
  return { command: 'npm', before: [], shell: process.platform === 'win32' };
}
