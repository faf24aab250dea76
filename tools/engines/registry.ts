/** A schema registry on loopback with the HTTP interface of Confluent's. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { freePorts, LOOPBACK, statusOf } from './loopback.ts';
import type { RegistryProgram } from './registry-program.ts';

const READY_MAX_MS = 120_000;
const STOP_MAX_MS = 20_000;

export interface Registry extends EngineProcess {
  /** What DAYMARK_SCHEMA_REGISTRY_URL takes. */
  url: string;
  /** Whether schemas survive a restart; those of the edition for Java 17 do not. */
  keepsData: boolean;
}

/** Starts it. Its compatibility is NONE until somebody sets it, where Confluent's begins with BACKWARD. */
export async function launchRegistry(program: RegistryProgram, { folder }: { folder: string }): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  const [port = 0, management = 0] = await freePorts(2);
  const url = `http://${LOOPBACK}:${port}/apis/ccompat/v7`;
  // Without the delay of H2 a schema is on disk before it is answered, so that a kill loses none.
  const kept = [
    '-Dapicurio.storage.sql.kind=h2',
    `-Dapicurio.datasource.url=jdbc:h2:file:${join(folder, 'schemas')};WRITE_DELAY=0`,
  ];
  const engine = await startEngine({
    name: 'registry',
    program: program.java.program,
    args: [
      ...['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...[`-Dquarkus.http.host=${LOOPBACK}`, `-Dquarkus.http.port=${port}`],
      ...[`-Dquarkus.management.host=${LOOPBACK}`, `-Dquarkus.management.port=${management}`],
      ...['-Dquarkus.log.level=WARN', '-Dquarkus.http.access-log.enabled=false'],
      ...(program.keepsData ? kept : []),
      ...['-jar', program.jar],
    ],
    folder,
    logFile: join(folder, 'registry.log'),
    ready: async () => (await statusOf(`${url}/subjects`)) === 200,
    readyMax_ms: READY_MAX_MS,
    stopMax_ms: STOP_MAX_MS,
  });
  const { keepsData } = program;
  return Object.defineProperties({ url, keepsData } as Registry, Object.getOwnPropertyDescriptors(engine));
}
