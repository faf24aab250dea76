/** Redis on loopback. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { freePort, LOOPBACK } from './loopback.ts';

const READY_MAX_MS = 20_000;
const STOP_MAX_MS = 10_000;

export interface Redis extends EngineProcess {
  /** Host and port. */
  address: string;
  port: number;
}

export interface RedisOptions {
  folder: string;
  /** Writes every change to disk before it answers, so that a kill loses nothing; without it nothing survives a restart. */
  durable?: boolean;
}

export async function launchRedis(program: string, { folder, durable = false }: RedisOptions): Promise<Redis> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const kept = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const engine = await startEngine({
    name: 'redis',
    program,
    args: ['--bind', LOOPBACK, '--port', `${port}`, '--dir', folder, '--save', '', ...kept],
    folder,
    logFile: join(folder, 'redis.log'),
    ready: (printed) => printed.includes('Ready to accept connections'),
    readyMax_ms: READY_MAX_MS,
    stopMax_ms: STOP_MAX_MS,
  });
  const addresses = { address: `${LOOPBACK}:${port}`, port };
  return Object.defineProperties(addresses as Redis, Object.getOwnPropertyDescriptors(engine));
}
