/** What a chaos run is told on its command line. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const chaosBuses = ['postgres', 'kafka', 'dapr'] as const;
export type ChaosBus = (typeof chaosBuses)[number];

export interface ChaosOptions {
  /** What carries events between the programs. */
  readonly bus: ChaosBus;
  /** Each part of the program is a process of its own. */
  readonly split: boolean;
  /** How often the broker or a sidecar is killed; 0 where there is none. */
  readonly carrierKills: number;
  readonly reminders: number;
  /** Over how many seconds they fall due. */
  readonly seconds: number;
  readonly kills: number;
  readonly postgresKills: number;
  readonly seed: number;
  /** Takes the unique index of the ledger away first: the run must then fail. */
  readonly withoutUniqueIndex: boolean;
  /** A program of its own lives under a clock that jumps. The standard form always has it. */
  readonly clockJumps: boolean;
  /** Judges what only the standard form has the size for: lateness, and the share of kills that hit work in flight. */
  readonly judgesTimes: boolean;
}

const STANDARD = { reminders: 10_000, seconds: 300, kills: 50, 'postgres-kills': 5, 'carrier-kills': 8 };
const SHORT = { reminders: 300, seconds: 15, kills: 5, 'postgres-kills': 1, 'carrier-kills': 2 };

const LIMITS: Record<keyof typeof STANDARD, readonly [min: number, max: number]> = {
  reminders: [1, 100_000],
  seconds: [5, 3600],
  kills: [0, 1000],
  'postgres-kills': [0, 100],
  'carrier-kills': [0, 100],
};
const SEED_MAX = 2 ** 32 - 1;
/** The embedded PostgreSQL gives up when it ends more than five times a minute. */
const SECONDS_PER_POSTGRES_KILL_MIN = 13;

/** Reads the words behind the program's name. Throws an error of one line. A seed that is not given is drawn. */
export function readOptions(words: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      reminders: { type: 'string' },
      seconds: { type: 'string' },
      kills: { type: 'string' },
      'postgres-kills': { type: 'string' },
      'carrier-kills': { type: 'string' },
      bus: { type: 'string', default: 'postgres' },
      split: { type: 'boolean', default: false },
      seed: { type: 'string' },
      short: { type: 'boolean', default: false },
      'clock-jumps': { type: 'boolean', default: false },
      'without-unique-index': { type: 'boolean', default: false },
    },
  });
  const base = values.short ? SHORT : STANDARD;
  const number = (name: keyof typeof STANDARD) => {
    const [min, max] = LIMITS[name];
    return wholeNumber(name, values[name], { fallback: base[name], min, max });
  };
  const bus = chaosBuses.find((name) => name === values.bus);
  if (bus === undefined) throw new Error(`--bus must be one of ${chaosBuses.join(', ')}`);
  // The jumping clock and the lateness of the standard form are about the program as it starts by default.
  const isPlain = bus === 'postgres' && !values.split;
  const options = {
    bus,
    split: values.split,
    carrierKills: bus === 'postgres' ? 0 : number('carrier-kills'),
    reminders: number('reminders'),
    seconds: number('seconds'),
    kills: number('kills'),
    postgresKills: number('postgres-kills'),
    seed: wholeNumber('seed', values.seed, { fallback: randomInt(SEED_MAX), min: 0, max: SEED_MAX }),
    withoutUniqueIndex: values['without-unique-index'],
    clockJumps: values['clock-jumps'] || (!values.short && isPlain),
    judgesTimes: !values.short && isPlain,
  };
  if (options.postgresKills > 1 && options.seconds / options.postgresKills < SECONDS_PER_POSTGRES_KILL_MIN) {
    throw new Error(`--postgres-kills needs ${SECONDS_PER_POSTGRES_KILL_MIN} seconds for each`);
  }
  return options;
}

function wholeNumber(
  name: string,
  text: string | undefined,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
  return value;
}
