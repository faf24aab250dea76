/** Reads the environment, runs the program, sets the exit code. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runProgram } from './app/program.ts';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** A first signal, or the end of the program that started this one, asks to stop; a second one ends at once. */
function stopWanted(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = false;
  const ask = (reason: string) => {
    if (asked) process.exit(1);
    asked = true;
    resolve(reason);
  };
  process.on('SIGTERM', ask);
  process.on('SIGINT', ask);
  if (process.connected) process.once('disconnect', () => resolve('the starting program ended'));
  return promise;
}

/** What nobody caught leaves a state that nobody knows: the program stops in order, and a second one ends it at once. */
function crashed(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let seen = false;
  process.on('uncaughtException', (error) => {
    if (seen) process.exit(1);
    seen = true;
    reject(error);
  });
  return promise;
}

process.exitCode = await runProgram({
  flags: process.argv.slice(2),
  environment: process.env,
  isTerminal: process.stdout.isTTY,
  version: manifest.version,
  webFolder: fileURLToPath(new URL('../../web/dist/', import.meta.url)),
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  stopWanted: stopWanted(),
  crashed: crashed(),
});
process.exit();
