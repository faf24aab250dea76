/** The `daymark` command line of the server. */
import { runCommandLine } from './app/command-line.ts';

process.exitCode = await runCommandLine({
  words: process.argv.slice(2),
  environment: process.env,
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
});
