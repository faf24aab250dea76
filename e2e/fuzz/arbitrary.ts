/** JSON Schema (as OpenAPI 3.1 carries it) → values that mostly follow it. */
import { randomUUIDv7 } from 'node:crypto';
import fc from 'fast-check';

export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
};

export interface Grammar {
  /** Looks up `#/components/schemas/…`. */
  resolve(ref: string): Schema;
  /** A better arbitrary for a property, known by its name; undefined for what the schema says. */
  hint(name: string): fc.Arbitrary<unknown> | undefined;
}

const itemsMax = 4;
const charactersMax = 60;

const instants = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Words, any script, and the characters that break things. */
const words = fc.oneof(
  fc.lorem({ maxCount: 4 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom('買い物', 'Grüße', "O'Reilly", '100%', '"quoted"', '\\', '<b>bold</b>', '$1', 'a:b&c', 'مرحبا', 'é'),
);

function textOf(schema: Schema): fc.Arbitrary<string> {
  const max = Math.min(schema.maxLength ?? charactersMax, charactersMax);
  if (schema.format === 'uuid') return fc.constant(null).map(() => randomUUIDv7());
  if (schema.format === 'date-time') return instants;
  if (schema.format === 'date') return instants.map((instant) => instant.slice(0, 10));
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => text.length <= 200);
  const min = schema.minLength ?? 0;
  // Words are never so long; filtering them would look for one for ever.
  if (min > 10) return fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{${min},${schema.maxLength ?? min}}$`));
  return words.map((text) => text.slice(0, max).toWellFormed()).filter((text) => text.trim().length >= min);
}

/** Values of a schema. Optional properties come and go. */
export function valuesOf(schema: Schema, grammar: Grammar): fc.Arbitrary<unknown> {
  if (schema.$ref) return valuesOf(grammar.resolve(schema.$ref), grammar);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, grammar)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? 0, -1000), max: Math.min(schema.maximum ?? 1000, 100_000) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, grammar), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? itemsMax, itemsMax)),
      });
    case 'object':
      return recordOf(schema, grammar);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function recordOf(schema: Schema, grammar: Grammar): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const model = Object.fromEntries(
    properties.map(([name, property]) => [name, grammar.hint(name) ?? valuesOf(property, grammar)]),
  );
  return fc.record(model, { requiredKeys: schema.required ?? [], noNullPrototype: true });
}

/** What nobody should send: wrong types, absurd sizes, and characters that databases and parsers stumble over. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    'x'.repeat(70_000),
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER,
    '',
    [],
    {},
    '9999-99-99',
    '../../etc',
  ),
  fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 5 }),
  fc.string({ unit: 'binary', maxLength: 50 }),
);
