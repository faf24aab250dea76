/** Values of the environment, and of the files that it names: `NAME_FILE` holds the path of a file with the value of `NAME`. */
import { readFileSync } from 'node:fs';
import { OperatorError } from '../../kit/operator-error.ts';
import type { Secrets } from '../../ports/secrets.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const environmentSecrets = (environment: Environment): Secrets => ({
  find: async (name) => givenInEnvironment(environment, name)?.text,
});

/**
 * The value and the name it came by; a last line break of a file is not part of it. Throws OperatorError where both names are set, or a
 * file cannot be read.
 */
export function givenInEnvironment(environment: Environment, name: string): { name: string; text: string } | undefined {
  const text = environment[name];
  const path = environment[`${name}_FILE`];
  if (text && path) throw new OperatorError(`Both ${name} and ${name}_FILE are set.`, 'Set only one of them.');
  const given = path ? { name: `${name}_FILE`, text: readValueFile(name, path) } : { name, text };
  return given.text ? { name: given.name, text: given.text } : undefined;
}

function readValueFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new OperatorError(
      `${name}_FILE names ${path}, which cannot be read (${reason}).`,
      'Correct the path or its permissions.',
      { cause },
    );
  }
}
