/** Finds a Chrome or Chromium for the browser tests, and brings one where that is possible without asking. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallDebianPackages, installDebianPackage } from './debian-package.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const PLACES = [
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The path of a browser: the one in CHROME_PATH, on the path, or in its usual place; else, as root on Debian and its
 * relatives, the package `chromium`. Throws an error that says what to do.
 */
export function findChromium(): string {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROME_PATH names ${named}, which is not a program. Correct it.`);
  }
  const found = installed();
  if (found) return found;
  if (canInstallDebianPackages()) return installPackage();
  throw new Error(
    'The browser tests need Chrome or Chromium, and there is none. Install one (on Debian: sudo apt-get install chromium), or set CHROME_PATH to its program.',
  );
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installPackage(): string {
  installDebianPackage('chromium', {
    purpose: 'the browser tests',
    remedy: 'Install Chromium, or set CHROME_PATH.',
  });
  const found = installed();
  if (!found) throw new Error('apt-get installed Chromium, but no program of that name is found. Set CHROME_PATH.');
  return found;
}
