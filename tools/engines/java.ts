/** Finds a Java of at least a given version: JAVA_HOME, the path, and where Linux systems keep theirs. */
import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ASK_MAX_MS = 20_000;

export interface Java {
  program: string;
  /** As it names itself, such as `17.0.15+6`. */
  version: string;
  major: number;
}

/** The first that is new enough, or undefined. `more` names programs to look at last. */
export async function findJava(major: number, more: readonly string[] = []): Promise<Java | undefined> {
  const home = process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin', 'java')] : [];
  const installed = globSync('/usr/lib/jvm/*/bin/java').sort();
  for (const program of [...home, 'java', ...installed, ...more]) {
    const java = program === 'java' || existsSync(program) ? await ask(program) : undefined;
    if (java && java.major >= major) return java;
  }
  return undefined;
}

async function ask(program: string): Promise<Java | undefined> {
  try {
    const { stderr, stdout } = await run(program, ['-version'], { timeout: ASK_MAX_MS });
    const printed = `${stderr}${stdout}`;
    const version = /\(build ([^\s,)]+)/.exec(printed)?.[1] ?? /version "([^"]+)"/.exec(printed)?.[1] ?? '';
    return { program, version, major: Number.parseInt(version, 10) };
  } catch {
    return undefined;
  }
}
