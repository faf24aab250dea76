/** The committed schemas of the topics. */
import { readFileSync } from 'node:fs';
import { type CarriedTopic, carriedTopics } from '@daymark/core/contract/topics.ts';

/** Each as it stands in packages/core/schemas, but on one line: so a registry knows it again, whatever the file's indentation. */
export function readSchemas(): Record<CarriedTopic, string> {
  const textOf = (topic: CarriedTopic) => {
    const file = new URL(import.meta.resolve(`@daymark/core/schemas/${topic}.avsc`));
    return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
  };
  return Object.fromEntries(carriedTopics.map((topic) => [topic, textOf(topic)])) as Record<CarriedTopic, string>;
}
