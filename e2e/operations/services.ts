/** Services as systemd runs them, as far as the pages for operators go: templates of units, files of environment, programs that are started and told to end. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEngine } from '../../tools/engines/engine-process.ts';
import { statusOf } from '../../tools/engines/loopback.ts';
import { type OneProcess, startOneProcess } from '../harness/one-process.ts';

const SIDECAR_READY_MAX_MS = 60_000;

export interface ServicesOptions {
  readonly folder: string;
  readonly translate: (text: string) => string;
  readonly programEnv: Readonly<Record<string, string>>;
}

export interface Services {
  /** What `systemctl` is told. Resolves when it is done, with started programs that serve. Throws when they do not. */
  control(words: readonly string[]): Promise<void>;
  /** What the programs have logged as errors, by the name of the service. */
  errors(): string[];
  stop(): Promise<void>;
}

interface Unit {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly stopMax_ms: number;
}

interface Service {
  stop(): Promise<unknown>;
}

export function openServices({ folder, translate, programEnv }: ServicesOptions): Services {
  const running = new Map<string, Service>();
  const programs: { name: string; process: OneProcess }[] = [];

  async function start(name: string): Promise<void> {
    if (running.has(name)) return;
    const unit = await readUnit(name, translate);
    running.set(name, unit.command.join(' ') === '/usr/bin/npm start' ? await program(unit) : await sidecar(unit));
  }

  async function stop(name: string): Promise<void> {
    const service = running.get(name);
    running.delete(name);
    await service?.stop();
  }

  /** Without npm, which would build the web application first. */
  async function program({ name, env }: Unit): Promise<Service> {
    const dataFolder = env.DAYMARK_DATA ?? '';
    const process = await startOneProcess({ dataFolder, env: { ...programEnv, ...env } });
    programs.push({ name, process });
    return {
      async stop() {
        const code = await process.stop();
        if (code !== 0) throw new Error(`${name} ended with ${code}:\n${process.output().stderr}`);
      },
    };
  }

  function sidecar(unit: Unit): Promise<Service> {
    const [path = '', ...args] = unit.command;
    const address = `${unit.env.DAYMARK_DAPR_URL}/v1.0/healthz/outbound`;
    return startEngine({
      ...{ name: unit.name, program: path, args, env: unit.env, folder: unit.folder },
      logFile: join(folder, `${unit.name}.log`),
      ready: async () => (await statusOf(address)) === 204,
      readyMax_ms: SIDECAR_READY_MAX_MS,
      stopMax_ms: unit.stopMax_ms,
    });
  }

  return {
    async control(words) {
      const [verb = '', ...names] = words.filter((word) => word !== '--now');
      const ends = ['stop', 'disable', 'restart'].includes(verb);
      const starts = ['start', 'enable', 'restart'].includes(verb);
      if (!ends && !starts && verb !== 'daemon-reload')
        throw new Error(`nobody knows what systemctl ${verb} does here`);
      if (ends) await Promise.all(names.map(stop));
      if (starts) await Promise.all(names.map(start));
    },
    errors: () =>
      programs.flatMap(({ name, process }) => {
        const lines = process.output().stdout.split('\n');
        return lines.filter((line) => /"level":"(error|fatal)"/.test(line)).map((line) => `${name} ${line}`);
      }),
    async stop() {
      await Promise.allSettled([...running.keys()].map(stop));
    },
  };
}

/** `name` is the template with what stands for `%i` behind the @. */
async function readUnit(name: string, translate: (text: string) => string): Promise<Unit> {
  const [template = '', instance = ''] = name.split('@');
  const path = translate(`/etc/systemd/system/${template}@.service`);
  const unit = (await readFile(path, 'utf8')).replaceAll('\\\n', ' ').replaceAll('%i', instance);
  const values = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  const env: Record<string, string> = Object.assign({}, ...values('Environment').map(assignments));
  for (const file of values('EnvironmentFile')) Object.assign(env, await readEnvironment(file));
  const word = (given: string) => given.replace(/\$\{(\w+)\}/g, (_, variable: string) => env[variable] ?? '');
  return {
    name,
    env,
    command: (values('ExecStart')[0] ?? '').trim().split(/\s+/).map(word),
    folder: values('WorkingDirectory')[0] ?? '/',
    stopMax_ms: Number(values('TimeoutStopSec')[0]) * 1000,
  };
}

/** A dash before the path means that the file may be missing. */
async function readEnvironment(path: string): Promise<Record<string, string>> {
  if (!path.startsWith('-')) return assignments(await readFile(path, 'utf8'));
  return assignments(await readFile(path.slice(1), 'utf8').catch(() => ''));
}

const assignments = (lines: string): Record<string, string> =>
  Object.fromEntries(
    [...lines.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value.replace(/^'(.*)'$/, '$1')]),
  );
