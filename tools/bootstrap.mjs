/**
 * The entry of every npm script. Any Node from 18 on can run it: it installs what is missing, finds a Node that can run the
 * program, builds the web application when it changed, and hands over. This file is written so that much older versions
 * read it too and can say what they lack; everything else is loaded after that check.
 */
const NODE_MAJOR_MIN = 18;

const major = Number(process.versions.node.split('.')[0]);
if (major < NODE_MAJOR_MIN) {
  console.error(
    `Daymark needs Node ${NODE_MAJOR_MIN} or later to start, and this is ${process.versions.node}. Install Node 26 from https://nodejs.org/.`,
  );
  process.exit(1);
}

import('./bootstrap/steps.mjs')
  .then(({ bootstrap }) => bootstrap(process.argv.slice(2)))
  .catch((error) => {
    console.error(error.name === 'SetupError' ? error.message : error);
    process.exit(1);
  });
