/** Zipkin's own server, which shows traces; it does not speak OTLP, so the bridge stands before it. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { inEnginesFolder } from './engines-folder.ts';
import { findJava, type Java } from './java.ts';
import { freePort, LOOPBACK, statusOf } from './loopback.ts';
import { bringArtifact, hasMaven, MAVEN_REMEDY } from './maven.ts';

const VERSION = '3.6.1';
const JAVA_MIN = 17;
const READY_MAX_MS = 120_000;
const STOP_MAX_MS = 10_000;

export interface ZipkinProgram {
  java: Java;
  jar: string;
}

/** Why there can be no Zipkin here, in one sentence that says what to install; undefined when there can. */
export async function zipkinIsMissing(folder: string): Promise<string | undefined> {
  return await missingBeside(await findJava(JAVA_MIN), folder);
}

async function missingBeside(java: Java | undefined, folder: string): Promise<string | undefined> {
  if (!java) return `Zipkin needs Java ${JAVA_MIN} or later: install openjdk-17-jre-headless.`;
  if (existsSync(jarOf(folder)) || (await hasMaven())) return undefined;
  return `Zipkin is not here, and ${MAVEN_REMEDY}.`;
}

/** Brings the jar by Maven where it is not there yet. `say` is told. */
export async function prepareZipkin(folder: string, say: (line: string) => void): Promise<ZipkinProgram> {
  const java = await findJava(JAVA_MIN);
  const missing = await missingBeside(java, folder);
  if (!java || missing) throw new Error(missing);
  return await inEnginesFolder(folder, 'zipkin', async (scratch) => {
    if (!existsSync(jarOf(folder))) {
      say(`Zipkin ${VERSION}: bringing 135 MB by Maven…`);
      const to = join(scratch, 'jar');
      await bringArtifact(`io.zipkin:zipkin-server:${VERSION}:jar:exec`, { scratch, to });
      const [name = ''] = await readdir(to);
      await rename(join(to, name), jarOf(folder));
    }
    return { java, jar: jarOf(folder) };
  });
}

const jarOf = (folder: string) => join(folder, `zipkin-server-${VERSION}.jar`);

export interface Zipkin extends EngineProcess {
  /** The base of its interface; people look at `/zipkin/` below it. */
  url: string;
}

/** Starts it; traces are kept in memory alone. */
export async function launchZipkin(program: ZipkinProgram, { folder }: { folder: string }): Promise<Zipkin> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://${LOOPBACK}:${port}`;
  const engine = await startEngine({
    name: 'zipkin',
    program: program.java.program,
    args: [
      ...['-Xms32m', '-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', program.jar],
      // Without these three it listens on every interface, whatever server.address says.
      ...[`--armeria.ports[0].address=${LOOPBACK}`, `--armeria.ports[0].port=${port}`],
      ...['--armeria.ports[0].protocols[0]=http', '--spring.main.banner-mode=off'],
    ],
    folder,
    logFile: join(folder, 'zipkin.log'),
    ready: async () => (await statusOf(`${url}/health`)) === 200,
    readyMax_ms: READY_MAX_MS,
    stopMax_ms: STOP_MAX_MS,
  });
  return Object.defineProperties({ url } as Zipkin, Object.getOwnPropertyDescriptors(engine));
}
