/**
 * The Avro schemas as files: the present one of each topic, and every version that there ever was, because records of all of them may
 * still be read. A version's name holds its number and a fingerprint of its text, so that none is edited unseen.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type CarriedTopic, carriedTopics } from '../../packages/core/contract/topics.ts';
import { avroSchemaOf } from '../../packages/core/schemas/avro-schema.ts';
import { whyUnreadable } from '../../packages/server/src/adapters/bus-kafka/avro/avro-types.ts';

export const schemasFolder = new URL('../../packages/core/schemas/', import.meta.url);

const fingerprintCharacters = 12;

export interface SchemaVersion {
  readonly number: number;
  readonly fingerprint: string;
  readonly text: string;
}

/** The schema that the contract says, as it stands in its file. */
export const schemaText = (topic: CarriedTopic): string => `${JSON.stringify(avroSchemaOf(topic), null, 2)}\n`;

export const schemaFile = (topic: CarriedTopic, folder = schemasFolder): URL => new URL(`${topic}.avsc`, folder);

export const fingerprintOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, fingerprintCharacters);

/** Every version of a topic's schema, the oldest first. */
export function schemaHistory(topic: CarriedTopic, folder = schemasFolder): SchemaVersion[] {
  const versions = new URL(`history/${topic}/`, folder);
  if (!existsSync(versions)) return [];
  return readdirSync(versions)
    .map((name) => {
      const [, number, fingerprint] = /^(\d+)-([0-9a-f]+)\.avsc$/.exec(name) ?? [];
      if (number === undefined || fingerprint === undefined) throw new Error(`${name} is no version of a schema`);
      return { number: Number(number), fingerprint, text: readFileSync(new URL(name, versions), 'utf8') };
    })
    .sort((a, b) => a.number - b.number);
}

/** Why a schema cannot follow the versions that were before it; null when it can. */
export function whyUnfit(text: string, history: readonly SchemaVersion[]): string | null {
  for (const version of history) {
    const why = whyUnreadable(text, version.text);
    if (why !== null) return `records of version ${version.number} could not be read: ${why}`;
  }
  return null;
}

/** Writes the schemas of all topics; one that has changed becomes the next version. Throws where that could not read what there is. */
export function writeSchemas(folder = schemasFolder, textOf = schemaText): void {
  for (const topic of carriedTopics) {
    const text = textOf(topic);
    const history = schemaHistory(topic, folder);
    const newest = history.at(-1);
    if (newest?.text !== text) {
      const why = whyUnfit(text, history);
      if (why !== null) throw new Error(`The schema of ${topic} breaks its readers: ${why}`);
      const name = `${(newest?.number ?? 0) + 1}-${fingerprintOf(text)}.avsc`;
      mkdirSync(new URL(`history/${topic}/`, folder), { recursive: true });
      writeFileSync(new URL(`history/${topic}/${name}`, folder), text);
    }
    writeFileSync(schemaFile(topic, folder), text);
  }
}
