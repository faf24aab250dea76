/** The steps from a bare clone to the running program, in order; each does nothing when there is nothing to do. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';
import { chooseNode, requireNodeForPlatform } from './node.mjs';
import { runProgram } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { buildWeb } from './web.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What each npm script runs, and whether it needs the built web application. */
const PROGRAMS = {
  // A session of its own: Ctrl-C then reaches the server once, through the bootstrap, and not twice.
  start: { file: 'packages/server/src/main.ts', web: true, ownSession: true },
  daymark: { file: 'packages/server/src/cli.ts', web: false, ownSession: false },
  test: { file: 'tools/test.ts', web: true, ownSession: false },
  'test:engines': { file: 'tools/test-engines.ts', web: true, ownSession: false },
  bench: { file: 'bench/run.ts', web: true, ownSession: false },
  conformance: { file: 'tools/conformance.ts', web: false, ownSession: false },
  chaos: { file: 'tools/chaos.ts', web: true, ownSession: true },
  engines: { file: 'tools/engines.ts', web: false, ownSession: true },
  dev: { file: 'tools/dev.ts', web: false, ownSession: true },
  reference: { file: 'tools/reference.ts', web: false, ownSession: false },
};

/** Does the steps for one npm script. @param {string[]} given The script's name and the arguments of its program. */
export async function bootstrap([name = '', ...args]) {
  const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  if (!program) throw new SetupError(`There is no program "${name}". Choose from ${Object.keys(PROGRAMS).join(', ')}.`);
  requireNodeForPlatform();
  await installPackages(root);
  const node = chooseNode(root);
  if (program.web) await buildWeb(root, { node });
  process.exitCode = await runProgram(node, [join(root, program.file), ...args], {
    ownSession: program.ownSession,
    cacheFolder: join(root, '.cache', 'node-compile'),
  });
}
