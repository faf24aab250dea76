/** Programs that are installed: in the folder that DAYMARK_ENGINES_DIR names, then on the path. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The folders to look in, in order. */
export function programPlaces(env: NodeJS.ProcessEnv = process.env): string[] {
  const given = env.DAYMARK_ENGINES_DIR ? [env.DAYMARK_ENGINES_DIR] : [];
  return [...given, ...(env.PATH ?? '').split(delimiter).filter(Boolean)];
}

/** The whole name of a program, or undefined. */
export function installedProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return programPlaces(env)
    .map((place) => join(place, name))
    .find(isProgram);
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
