/** What a Kafka broker is made of here: a Java, the jars, and what the first start leaves behind to make the next ones quick. */
import { cp, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool, startEngine } from './engine-process.ts';
import { inEnginesFolder } from './engines-folder.ts';
import { findJava, type Java } from './java.ts';
import { type NodeSettings, nodeProperties } from './kafka/node-properties.ts';
import { freePorts } from './loopback.ts';
import { bringDependencies, hasMaven, MAVEN_REMEDY } from './maven.ts';

export const KAFKA_VERSION = '4.3.1';
const JAVA_MIN = 17;
const LOG_SETTINGS = fileURLToPath(new URL('kafka/log4j2.xml', import.meta.url));
const POM = fileURLToPath(new URL('kafka/pom.xml', import.meta.url));

const FORMAT_MAX_MS = 60_000;
export const BROKER_READY_MAX_MS = 120_000;
export const BROKER_STOP_MAX_MS = 30_000;

export interface KafkaProgram {
  java: Java;
  classPath: string;
  /** Classes as the Java virtual machine holds them in memory; makes a start a third quicker. */
  classArchive: string;
  /** The first records of a new data folder, the same for every node without accounts. */
  bootstrapRecords: string;
}

/** Why there can be no Kafka here, in one sentence that says what to install; undefined when there can. */
export async function kafkaIsMissing(folder: string): Promise<string | undefined> {
  return await missingBeside(await findJava(JAVA_MIN), folder);
}

async function missingBeside(java: Java | undefined, folder: string): Promise<string | undefined> {
  if (!java) return `Kafka needs Java ${JAVA_MIN} or later: install openjdk-17-jre-headless.`;
  if ((await hasJars(folder)) || (await hasMaven())) return undefined;
  return `Kafka is not here, and ${MAVEN_REMEDY}.`;
}

/** Brings the jars by Maven where they are not there yet, and prepares quick starts. `say` is told what takes time. */
export async function prepareKafka(folder: string, say: (line: string) => void): Promise<KafkaProgram> {
  const java = await findJava(JAVA_MIN);
  const missing = await missingBeside(java, folder);
  if (!java || missing) throw new Error(missing);
  return await inEnginesFolder(folder, 'kafka', async (scratch) => {
    const jars = jarsFolder(folder);
    if (!(await hasJars(folder))) {
      say(`Kafka ${KAFKA_VERSION}: bringing 45 MB of jars by Maven…`);
      const copied = join(scratch, 'jars');
      await bringDependencies(POM, { scratch, to: copied });
      await rename(copied, jars);
    }
    const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort();
    const classPath = names.map((name) => join(jars, name)).join(':');
    const quick = join(folder, `kafka-${KAFKA_VERSION}-java-${java.version}`);
    const program = {
      java,
      classPath,
      classArchive: join(quick, 'classes.jsa'),
      bootstrapRecords: join(quick, BOOTSTRAP_FILE),
    };
    if (!(await has(quick, 'classes.jsa'))) {
      say(`Kafka ${KAFKA_VERSION}: starting once, so that later starts are quick…`);
      await firstStart(program, { scratch, quick });
    }
    return program;
  });
}

/** Heap of a broker; enough for the tests and the benchmarks, and three of them fit a small machine. */
const HEAP_ARGS = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC'];

/** The arguments of Java before the name of the class. Without `throughput` the compiler stops early: quick to start. */
export function javaArgs(program: KafkaProgram, { throughput = false } = {}): string[] {
  const archive = [`-XX:SharedArchiveFile=${program.classArchive}`, '-Xshare:auto', '-Xlog:cds=off'];
  const compiler = throughput ? [] : ['-XX:TieredStopAtLevel=1'];
  return [...HEAP_ARGS, ...compiler, ...archive, ...classArgs(program)];
}

export const brokerIsReady = (printed: string): boolean => printed.includes('Kafka Server started');

export const BOOTSTRAP_FILE = 'bootstrap.checkpoint';

/** Formats a data folder for a node and its first accounts, which takes a Java start. Throws with what the tool printed. */
export async function formatWithTool(
  program: Pick<KafkaProgram, 'java' | 'classPath'>,
  given: { folder: string; properties: string; clusterId: string; accounts: Readonly<Record<string, string>> },
): Promise<void> {
  const scram = Object.entries(given.accounts).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((kind) => [
      '--add-scram',
      `${kind}=[name=${name},password=${password}]`,
    ]),
  );
  await runTool({
    name: 'kafka format',
    program: program.java.program,
    args: [
      ...[...HEAP_ARGS, '-XX:TieredStopAtLevel=1', ...classArgs(program), 'kafka.tools.StorageTool', 'format'],
      ...['-t', given.clusterId, '-c', given.properties, ...scram],
    ],
    folder: given.folder,
    max_ms: FORMAT_MAX_MS,
  });
}

const classArgs = ({ classPath }: Pick<KafkaProgram, 'classPath'>) => [
  `-Dlog4j2.configurationFile=${LOG_SETTINGS}`,
  '-cp',
  classPath,
];

const jarsFolder = (folder: string) => join(folder, `kafka-${KAFKA_VERSION}`);

async function has(folder: string, name: string): Promise<boolean> {
  return (await readdir(folder).catch((): string[] => [])).includes(name);
}

const hasJars = (folder: string) => has(jarsFolder(folder), `kafka_2.13-${KAFKA_VERSION}.jar`);

/** Runs a broker once to its end: Java then writes down the classes it had loaded. */
async function firstStart(
  program: Pick<KafkaProgram, 'java' | 'classPath'>,
  { scratch, quick }: { scratch: string; quick: string },
): Promise<void> {
  const [plain = 0, controller = 0] = await freePorts(2);
  const dataFolder = join(scratch, 'data');
  const settings: NodeSettings = { id: 1, ports: [{ plain, controller }], dataFolder };
  const properties = join(scratch, 'server.properties');
  await writeFile(properties, nodeProperties(settings));
  await formatWithTool(program, { folder: scratch, properties, clusterId: 'daymark-engines-first0', accounts: {} });
  const made = join(scratch, 'quick');
  await mkdir(made);
  await cp(join(dataFolder, BOOTSTRAP_FILE), join(made, BOOTSTRAP_FILE));
  const broker = await startEngine({
    name: 'kafka',
    program: program.java.program,
    args: [
      ...[...HEAP_ARGS, '-XX:TieredStopAtLevel=1', `-XX:ArchiveClassesAtExit=${join(made, 'classes.jsa')}`],
      ...[...classArgs(program), 'kafka.Kafka', properties],
    ],
    folder: scratch,
    logFile: join(scratch, 'kafka.log'),
    ready: brokerIsReady,
    readyMax_ms: BROKER_READY_MAX_MS,
    stopMax_ms: BROKER_READY_MAX_MS,
  });
  await broker.stop();
  await rename(made, quick);
}
