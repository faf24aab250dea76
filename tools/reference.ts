/** Writes the schemas of the topics and the pages under docs/reference, which are made from code. A test fails while one differs from its source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configurationPage } from './reference/configuration-page.ts';
import { errorsPage } from './reference/errors-page.ts';
import { metricsPage } from './reference/metrics-page.ts';
import { topicsPage } from './reference/topics-page.ts';
import { writeSchemas } from './schemas/schema-files.ts';

writeSchemas();

const folder = new URL('../docs/reference/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('configuration.md', folder), configurationPage());
writeFileSync(new URL('errors.md', folder), errorsPage());
writeFileSync(new URL('metrics.md', folder), metricsPage());
writeFileSync(new URL('topics.md', folder), topicsPage());
