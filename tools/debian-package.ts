/** Brings a package of Debian and its relatives where that is possible without asking: as root, with apt-get. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const INSTALL_MAX_MS = 5 * 60_000;

/** Whether `installDebianPackage` can be tried here. */
export function canInstallDebianPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** Installs a package and says so. Throws an error with what apt-get printed; `remedy` is the sentence that says what to do. */
export function installDebianPackage(name: string, options: { purpose: string; remedy: string }): void {
  process.stderr.write(`Installing ${name} for ${options.purpose} (apt-get)…\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
    const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: INSTALL_MAX_MS });
    if (status !== 0) {
      throw new Error(`apt-get ${args[0]} failed for ${name}. ${options.remedy}\n${stdout ?? ''}${stderr ?? ''}`);
    }
  }
}
