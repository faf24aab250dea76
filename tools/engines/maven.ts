/** Brings jars and archives from Maven Central by the ordinary client. */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runTool } from './engine-process.ts';

const run = promisify(execFile);

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const QUIET = ['-B', '-ntp', '-q'];
const MAVEN_MAX_MS = 20 * 60_000;

export const MAVEN_REMEDY = 'it comes by Maven: install maven';

export async function hasMaven(): Promise<boolean> {
  const answer = await run('mvn', ['-v']).catch(() => undefined);
  return answer !== undefined;
}

/** Copies one artifact, named `group:artifact:version:type:classifier`, into the folder `to`. Throws with what Maven said. */
export async function bringArtifact(artifact: string, { scratch, to }: { scratch: string; to: string }): Promise<void> {
  await maven(scratch, [`${PLUGIN}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${to}`]);
}

/** Copies what a pom needs at run time into the folder `to`; `scratch` is where Maven works. */
export async function bringDependencies(pom: string, { scratch, to }: { scratch: string; to: string }): Promise<void> {
  await cp(pom, join(scratch, 'pom.xml'));
  await maven(scratch, [`${PLUGIN}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${to}`]);
}

async function maven(folder: string, args: readonly string[]): Promise<void> {
  const all = [...QUIET, ...args];
  await runTool({ name: 'maven', program: 'mvn', args: all, env: process.env, folder, max_ms: MAVEN_MAX_MS });
}
