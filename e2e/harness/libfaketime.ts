/** Finds libfaketime for the tests that live under a clock of their own, and brings it where that is possible without asking. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canInstallDebianPackages, installDebianPackage } from '../../tools/debian-package.ts';

/** The build for programs with threads, which Node is. */
const NAME = 'libfaketimeMT.so.1';

/** Where packages and `make install` put it. Debian has a folder for each architecture below /usr/lib. */
const PLACES = ['/usr/lib/faketime', '/usr/lib64/faketime', '/usr/local/lib/faketime'];
const ARCHITECTURES = '/usr/lib';

const REMEDY =
  'Install libfaketime (on Debian: sudo apt-get install libfaketime; on Fedora: sudo dnf install libfaketime).';

/**
 * The path of the library: in its usual place, else, as root on Debian and its relatives, from the package `libfaketime`. Throws an
 * error that says what to do.
 */
export function findLibfaketime(): string {
  if (process.platform !== 'linux') {
    throw new Error('Tests with a clock of their own need libfaketime as Linux loads it. Run them on Linux.');
  }
  const found = installed();
  if (found) return found;
  if (!canInstallDebianPackages()) {
    throw new Error(`Tests with a clock of their own need libfaketime, and there is none. ${REMEDY}`);
  }
  installDebianPackage('libfaketime', { purpose: 'the tests with a clock of their own', remedy: REMEDY });
  const brought = installed();
  if (!brought) throw new Error(`apt-get installed libfaketime, but ${NAME} is not found below ${ARCHITECTURES}.`);
  return brought;
}

function installed(): string | undefined {
  const folders = readdirSync(ARCHITECTURES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(ARCHITECTURES, entry.name, 'faketime'));
  return [...PLACES, ...folders].map((folder) => join(folder, NAME)).find((path) => existsSync(path));
}
