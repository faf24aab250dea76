/**
 * A machine on which what a page for operators says is done to the letter, but for names: its folders, ports and hosts stand for those
 * of the test. Commands run in a real shell in the folder of the checkout; `sudo` and `systemctl` are stand-ins, the latter of which
 * starts the real programs with what the unit and the files that it names say.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openServices } from './services.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND_MAX_MS = 300_000;

export interface MachineOptions {
  /** Everything that the machine keeps lies below it. */
  readonly folder: string;
  /** What the page calls a thing → what it is here. */
  readonly names: Readonly<Record<string, string>>;
  /** What each program is told beside what the page says. */
  readonly programEnv: Readonly<Record<string, string>>;
}

export interface Typed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Machine {
  /** What a text of the page means here. */
  translate(text: string): string;
  /** Writes a file of the page. */
  write(path: string, text: string): Promise<void>;
  /** Types commands; what begins with `set -a` is typed again before all that follows, as it is kept by a shell. */
  type(commands: string): Promise<Typed>;
  /** What its services have logged as errors. */
  errors(): string[];
  /** Ends every service. */
  stop(): Promise<void>;
}

export async function openMachine({ folder, names, programEnv }: MachineOptions): Promise<Machine> {
  const all: Record<string, string> = {
    ...names,
    '/etc/': `${join(folder, 'etc')}/`,
    '/var/lib/daymark': join(folder, 'var/lib/daymark'),
  };
  const pattern = new RegExp(
    Object.keys(all)
      .sort((a, b) => b.length - a.length)
      .map((name) => (/^\d+$/.test(name) ? `\\b${name}\\b` : RegExp.escape(name)))
      .join('|'),
    'g',
  );
  const translate = (said: string) => said.replace(pattern, (name) => all[name] ?? name);
  const services = openServices({ folder, translate, programEnv });
  const control = createServer(async (request, response) => {
    const words = (await text(request)).split(/\s+/).filter((word) => word !== '');
    try {
      await services.control(words);
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(500).end(`${(error as Error).message}\n`);
    }
  });
  control.requestTimeout = 0;
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const bin = join(folder, 'bin');
  const address = `http://127.0.0.1:${(control.address() as AddressInfo).port}/`;
  await writeProgram(join(bin, 'sudo'), 'exec "$@"');
  await writeProgram(join(bin, 'systemctl'), `exec curl --silent --show-error --fail-with-body --data "$*" ${address}`);
  await mkdir(translate('/var/lib/daymark'), { recursive: true });

  let kept = '';
  return {
    translate,
    async write(path, content) {
      await mkdir(dirname(translate(path)), { recursive: true });
      await writeFile(translate(path), translate(content));
    },
    async type(commands) {
      const typed = translate(commands);
      const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: process.env.HOME };
      const shell = spawn('bash', ['-c', `set -e -o pipefail\n${kept}${typed}`], {
        cwd: CHECKOUT,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: COMMAND_MAX_MS,
      });
      const ended = new Promise<number | null>((resolve) => shell.once('close', resolve));
      const [stdout, stderr, code] = await Promise.all([text(shell.stdout), text(shell.stderr), ended]);
      if (/^set -a\b/.test(typed)) kept += typed;
      return { code, stdout, stderr };
    },
    errors: services.errors,
    async stop() {
      await services.stop();
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
    },
  };
}

async function writeProgram(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}
