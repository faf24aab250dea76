/** Checks the house rules over the whole repository; prints each complaint and exits with 1 where there is one. */
import { tidy } from './tidy/rules.ts';
import { readSources } from './tidy/source.ts';

const root = new URL('..', import.meta.url).pathname;
const sources = readSources(root);
const complaints = tidy(sources);
for (const { path, rule, message } of complaints) process.stdout.write(`${path}: ${rule}: ${message}\n`);
process.stdout.write(`${sources.length} files, ${complaints.length} complaints\n`);
process.exitCode = complaints.length > 0 ? 1 : 0;
