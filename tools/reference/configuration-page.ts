/** The reference page of the options, from the table that the program reads them by. */
import { flagOf, type Option, options } from '../../packages/server/src/app/options.ts';

/** The whole page, as it stands in docs/reference/configuration.md. */
export function configurationPage(): string {
  const rows: Option[] = Object.values(options);
  return [
    '# Configuration',
    '',
    'Each option is an environment name and a flag of `npm start -- …`; the flag wins. With `_FILE` behind the name, the value is read',
    'from the file of that path: `DAYMARK_SECRET_FILE=/run/secrets/daymark`. An unknown flag or `DAYMARK_` name is an error.',
    '`--help` prints this list; `--check` sees whether the configuration is valid and the database answers, and ends.',
    'Other users of the machine see flags: give secrets by environment or file.',
    '',
    '| name | flag and value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      (row) => `| \`${row.env}\` | \`${flagOf(row)} ${cell(row.value)}\` | ${defaultOf(row)} | ${cell(row.help)} |`,
    ),
    '',
    'This page is made by `npm run reference`.',
    '',
  ].join('\n');
}

function defaultOf(row: Option): string {
  if (row.defaultText !== undefined) return cell(row.defaultText);
  return row.default === undefined ? '' : `\`${cell(row.default)}\``;
}

const cell = (text: string) => text.replaceAll('|', '\\|');
