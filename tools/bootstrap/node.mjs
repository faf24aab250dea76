/** Which Node runs the program: the one that runs this, when it is new enough, else the one from the platform's package. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** The first version with Temporal built in and types stripped without a flag. */
const MAJOR_MIN = 26;

/** The platforms that have a package `node-<platform>` in package.json. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'win-x64'];

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Whether the Node that runs this can also run the program. */
export function ownNodeSuffices() {
  return Number(process.versions.node.split('.')[0]) >= MAJOR_MIN;
}

/** The package that brings Node here, or null when none is needed. */
export function neededNodePackage() {
  return ownNodeSuffices() ? null : `node-${platform}`;
}

/** Throws SetupError where neither the machine's Node nor a package's can run the program. */
export function requireNodeForPlatform() {
  if (ownNodeSuffices()) return;
  const musl = isMusl();
  if (PLATFORMS.includes(platform) && !musl) return;
  const where = musl ? `${platform} with musl` : platform;
  throw new SetupError(
    `Daymark runs on Node ${MAJOR_MIN} or later; this is ${process.versions.node}, and there is no ready-made one for ${where}. ` +
      `Install Node ${MAJOR_MIN} (https://nodejs.org/, or your package manager) and start again.`,
  );
}

function isMusl() {
  if (process.platform !== 'linux' || !process.report) return false;
  // The report would otherwise look up the names of the machine's addresses.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** The path of the Node that runs the program. @param {string} root */
export function chooseNode(root) {
  if (ownNodeSuffices()) return process.execPath;
  const name = neededNodePackage();
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules', name, 'bin', file);
  if (existsSync(path)) return path;
  throw new SetupError(
    `The package ${name} did not install. Remove the folder node_modules and start again, or install Node ${MAJOR_MIN} from https://nodejs.org/.`,
  );
}
