/** Which engines can be started on this machine, and why the others cannot. */
import { daprIsMissing } from './dapr-program.ts';
import { enginesFolder } from './engines-folder.ts';
import { installedProgram } from './installed-program.ts';
import { kafkaIsMissing } from './kafka-program.ts';
import { registryIsMissing } from './registry-program.ts';
import { zipkinIsMissing } from './zipkin.ts';

export const ENGINE_NAMES = ['kafka', 'dapr', 'redis', 'registry', 'zipkin', 'prometheus'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** In one sentence: what is missing and what to install. Null when the engine is there, or can be brought from a package registry. */
export type WhyNot = string | null;

/** Asks for each engine; nothing is downloaded or started. */
export async function availableEngines(folder: string = enginesFolder()): Promise<Record<EngineName, WhyNot>> {
  const [kafka, dapr, registry, zipkin] = await Promise.all([
    kafkaIsMissing(folder),
    daprIsMissing(folder),
    registryIsMissing(folder),
    zipkinIsMissing(folder),
  ]);
  return {
    kafka: kafka ?? null,
    dapr: dapr ?? null,
    redis: installedIsMissing('redis-server', 'redis-server') ?? null,
    registry: registry ?? null,
    zipkin: zipkin ?? null,
    prometheus: installedIsMissing('prometheus', 'prometheus') ?? null,
  };
}

/** Where a program of a Debian package is. Throws with what to install. */
export function requireInstalled(program: string, debianPackage: string): string {
  const found = installedProgram(program);
  if (!found) throw new Error(installedIsMissing(program, debianPackage) ?? '');
  return found;
}

function installedIsMissing(program: string, debianPackage: string): string | undefined {
  return installedProgram(program) ? undefined : `${program} is not here: install the package ${debianPackage}.`;
}
