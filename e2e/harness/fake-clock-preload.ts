/**
 * Loaded into a program that lives under a fake clock, before the program's own code. The program gives the PostgreSQL that it
 * starts an environment of its own, without the names by which libfaketime is loaded; here they are added again.
 *
 * They are set by `env` and not by the environment, so that what runs before the server and changes its user (setpriv) is not
 * under the fake clock: libfaketime would then make its shared memory as root, and the server could not open it.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

const ENV = '/usr/bin/env';
const NAMES = /^(LD_PRELOAD|FAKETIME_(?!SHARED)\w+|DONT_FAKE_MONOTONIC|NO_FAKE_STAT)$/;

const settings = Object.entries(process.env)
  .filter(([name]) => NAMES.test(name))
  .map(([name, value]) => `${name}=${value}`);

const { spawn } = childProcess;
type Spawn = (program: string, args: string[], options?: childProcess.SpawnOptions) => childProcess.ChildProcess;

function spawnUnderClock(program: string, args: string[] = [], options: childProcess.SpawnOptions = {}) {
  // A child that inherits the environment has the names already.
  if (options.env === undefined) return (spawn as Spawn)(program, args, options);
  const end = args.indexOf('--') + 1;
  if (program.endsWith('setpriv') && end > 0) {
    return (spawn as Spawn)(program, [...args.slice(0, end), ENV, ...settings, ...args.slice(end)], options);
  }
  return (spawn as Spawn)(ENV, [...settings, program, ...args], options);
}

childProcess.spawn = spawnUnderClock as typeof childProcess.spawn;
syncBuiltinESMExports();
