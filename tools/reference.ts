/** Writes the pages under docs/reference that are made from code. A test fails while a page differs from its source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configurationPage } from './reference/configuration-page.ts';
import { errorsPage } from './reference/errors-page.ts';

const folder = new URL('../docs/reference/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('configuration.md', folder), configurationPage());
writeFileSync(new URL('errors.md', folder), errorsPage());
