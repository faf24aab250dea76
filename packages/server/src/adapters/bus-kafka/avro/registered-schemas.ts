/**
 * Brings the schemas of all topics under their subjects (`<topic>-value`) at start, or finds them there, so that publishing needs the
 * registry no more. A subject without a rule of its own is given BACKWARD: who reads with the newest schema reads every older record.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CarriedTopic, carriedTopics } from '@daymark/core/contract/topics.ts';
import { backoff_ms } from '../../../kit/backoff.ts';
import type { Log } from '../../../kit/log.ts';
import { OperatorError } from '../../../kit/operator-error.ts';
import { RegistryRefusal, RegistryUnavailable, type SchemaRegistry } from './registry.ts';

const pauses = { base_ms: 500, cap_ms: 5_000 };

export interface RegisteringOptions {
  readonly topicPrefix: string;
  /** How long a registry that does not answer is waited for. */
  readonly patience_ms: number;
}

export const subjectOf = (topicPrefix: string, topic: CarriedTopic): string => `${topicPrefix}${topic}-value`;

/**
 * The ids of the schemas. Rejects with OperatorError when the registry stays away for so long, or will not have one of them, naming
 * the subject and what to do.
 */
export async function registerSchemas(
  log: Log,
  registry: SchemaRegistry,
  schemas: Readonly<Record<CarriedTopic, string>>,
  { topicPrefix, patience_ms }: RegisteringOptions,
): Promise<ReadonlyMap<CarriedTopic, number>> {
  const ask = patientAsking(log, registry.address, patience_ms);
  const ids = new Map<CarriedTopic, number>();
  for (const topic of carriedTopics) {
    ids.set(topic, await registerOne(registry, ask, subjectOf(topicPrefix, topic), schemas[topic]));
  }
  return ids;
}

/** Does one request, again and again while the registry is in trouble. */
type Ask = <T>(request: () => Promise<T>) => Promise<T>;

async function registerOne(registry: SchemaRegistry, ask: Ask, subject: string, schema: string): Promise<number> {
  const ensureBackward = async (): Promise<boolean> =>
    (await ask(() => registry.hasCompatibility(subject))) ||
    (await ask(() => registry.setCompatibility(subject, 'BACKWARD')));
  try {
    // Before, so that what is registered is held against what is there; again after it where the subject had to be made first.
    const ruled = await ensureBackward();
    const known = await ask(() => registry.find(subject, schema));
    const id = known ?? (await ask(() => registry.register(subject, schema)));
    if (!ruled) await ensureBackward();
    return id;
  } catch (error) {
    if (error instanceof RegistryRefusal) throw operatorErrorOf(error, subject, registry.address);
    throw error;
  }
}

/** All requests together have the patience. */
function patientAsking(log: Log, address: string, patience_ms: number): Ask {
  const until_ms = performance.now() + patience_ms;
  let said = false;
  return async (request) => {
    for (let failures = 1; ; failures++) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof RegistryUnavailable)) throw error;
        const left_ms = until_ms - performance.now();
        if (left_ms <= 0) {
          const remedy = 'Start it, or correct DAYMARK_SCHEMA_REGISTRY_URL.';
          throw new OperatorError(`The schema registry ${address} does not answer.`, remedy, { cause: error });
        }
        if (!said) log.warn({ error, address }, 'waiting for the schema registry');
        said = true;
        await sleep(Math.min(left_ms, 1 + backoff_ms(failures, Math.random, pauses)));
      }
    }
  };
}

function operatorErrorOf(refusal: RegistryRefusal, subject: string, address: string): OperatorError {
  const { status, message } = refusal;
  const options = { cause: refusal };
  if (status === 401 || status === 403) {
    return new OperatorError(
      `The schema registry ${address} does not let this login look up or register the subject ${subject} (${message}).`,
      'Give a login that may, in DAYMARK_SCHEMA_REGISTRY_URL, or register the files of packages/core/schemas by hand.',
      options,
    );
  }
  if (status === 409) {
    return new OperatorError(
      `The schema registry ${address} holds the schema of the subject ${subject} for incompatible with what is there (${message}).`,
      'Another program may use the subject: choose another DAYMARK_TOPIC_PREFIX. Or its compatibility is stricter than BACKWARD: set it to that.',
      options,
    );
  }
  return new OperatorError(
    `The schema registry ${address} refuses the schema of the subject ${subject} (${message}).`,
    'See whether DAYMARK_SCHEMA_REGISTRY_URL names the place where its API begins, and whether it may be written to.',
    options,
  );
}
