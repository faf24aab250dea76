/**
 * What carries events between the programs of a run: a broker, and with some a sidecar beside each program. All are killed hard and
 * started again; a sidecar that ends because its broker is down is started again until it serves, as a supervisor does.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from '../../tools/engines/kafka.ts';
import { startKafka } from '../../tools/engines/kit.ts';
import { type SidecarBeside, startSidecarBeside } from '../harness/sidecar-beside.ts';
import type { ChaosBus } from './options.ts';
import type { Outage } from './outages.ts';
import type { Random } from './random.ts';

const TOPIC_PREFIX = 'chaos-';
const DOWN_MAX_MS = 3_000;
const AGAIN_MS = 500;

export interface ChaosCarrier {
  /** What a program is told of it. Starts what stands beside the program. */
  envOf(program: { name: string; targets: string }): Promise<Record<string, string>>;
  /** One for each kill. */
  readonly outages: readonly Outage[];
  /** Kills the broker or a sidecar, and resolves when it serves again. Answers what it was. */
  killOne(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it; null where the programs read the log themselves. */
export async function openChaosCarrier(
  bus: ChaosBus,
  { folder, random }: { folder: string; random: Random },
): Promise<ChaosCarrier | null> {
  if (bus === 'postgres') return null;
  await mkdir(folder, { recursive: true });
  const kafka = await startKafka({ folder: join(folder, 'kafka') });
  const { brokers } = kafka;
  const outages: Outage[] = [];
  const sidecars = new Map<string, SidecarBeside>();
  let stopping = false;

  /** Sidecars end by themselves when no broker answers at their start. */
  const keepRunning = async ({ sidecar }: SidecarBeside) => {
    while (!stopping) {
      await sidecar.ended();
      await sleep(AGAIN_MS);
      if (!stopping) await sidecar.restart().catch(() => {});
    }
  };

  return {
    outages,
    async envOf({ name, targets }) {
      if (bus === 'kafka') {
        return { DAYMARK_BUS: bus, DAYMARK_KAFKA_BROKERS: brokers, DAYMARK_TOPIC_PREFIX: TOPIC_PREFIX };
      }
      const own = join(folder, name);
      await mkdir(own, { recursive: true });
      const options = { brokers, topicPrefix: TOPIC_PREFIX, target: targets, folder: own };
      const beside = await startSidecarBeside(options);
      sidecars.set(`the sidecar of ${name}`, beside);
      void keepRunning(beside);
      return beside.env;
    },
    async killOne() {
      // By turns, so that a short run has both.
      const isBroker = sidecars.size === 0 || outages.length % 2 === 0;
      const what = isBroker ? 'the broker' : random.pick([...sidecars.keys()]);
      const outage: Outage = { what, from_ms: Date.now(), to_ms: null };
      outages.push(outage);
      const beside = sidecars.get(what);
      if (beside) {
        await beside.sidecar.kill();
        while (!beside.sidecar.running()) await sleep(AGAIN_MS / 10);
      } else await restartAfterKill(kafka, random.between(0, DOWN_MAX_MS));
      outage.to_ms = Date.now();
      return what;
    },
    async stop() {
      stopping = true;
      await Promise.all([...sidecars.values()].map(({ sidecar }) => sidecar.kill().catch(() => {})));
      await kafka.stop();
    },
  };
}

async function restartAfterKill(kafka: Kafka, down_ms: number): Promise<void> {
  await kafka.kill();
  await sleep(down_ms);
  await kafka.restart();
}
