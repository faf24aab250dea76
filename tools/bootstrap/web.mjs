/** Builds the web application when what it is made of changed since it was built. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHash } from './install.mjs';
import { SetupError, say } from './setup-error.mjs';
import { withSetupLock } from './setup-lock.mjs';

const STAMP = '.inputs';
const SKIPPED = new Set(['node_modules', 'dist', 'dist.new', 'dist.old']);

/** @param {string} root @param {{ node: string }} options The Node that runs the build. */
export async function buildWeb(root, { node }) {
  const web = join(root, 'packages', 'web');
  if (!existsSync(join(web, 'index.html'))) return;
  const wanted = inputsHash(root);
  if (isBuilt(web, wanted)) return;
  await withSetupLock(root, async (busyWith) => {
    if (isBuilt(web, wanted)) return;
    say('Building the web application…');
    await viteBuild(root, { web, node, busyWith });
    const [built, current, old] = ['dist.new', 'dist', 'dist.old'].map((name) => join(web, name));
    writeFileSync(join(built, STAMP), wanted);
    // Moved into its place as a whole: a server that starts meanwhile finds the old one or the new one.
    rmSync(old, { recursive: true, force: true });
    if (existsSync(current)) renameSync(current, old);
    renameSync(built, current);
    rmSync(old, { recursive: true, force: true });
  });
}

function isBuilt(web, wanted) {
  try {
    return readFileSync(join(web, 'dist', STAMP), 'utf8') === wanted;
  } catch {
    return false;
  }
}

function inputsHash(root) {
  const hash = createHash('sha256').update(lockHash(root));
  for (const name of ['web', 'core']) {
    for (const path of filesBelow(join(root, 'packages', name)))
      hash.update(`\0${path.slice(root.length)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** @returns {string[]} */
function filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

async function viteBuild(root, { web, node, busyWith }) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', 'dist.new', '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(node, args, { cwd: web, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid) busyWith(child.pid);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new SetupError(`Building the web application failed. Vite says:\n${output.trim()}`);
}
