/**
 * Requests made from the server's own OpenAPI document, good ones and bad ones: nothing may be answered with 5xx, every
 * answer must be as the document says, and at least half of the requests of each operation must be good enough for 2xx, or the
 * test would only knock at the door.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostile, type Schema, valuesOf } from './fuzz/arbitrary.ts';
import { type ApiDocument, type Operation, operationsOf, readApiDocument } from './fuzz/operations.ts';
import { hintFor, makeSensible, openWorld, queryHintFor, type World } from './fuzz/world.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { type Client, signUp } from './people.ts';

const requestsTotal = Number(process.env.DAYMARK_TEST_FUZZ_REQUESTS ?? 20_000);
const lanes = 8;
/** One request in five is spoiled. Weights of fast-check are whole numbers. */
const goodWeight = 4;
const spoiledWeight = 1;

/** Operations whose success would end the session that asks, or that answer with a stream. */
const leftOut = [
  /^DELETE \/api\/v1\/sessions/,
  /\/sync\/(ws|sse)$/,
  /^\w+ \/api\/v1\/admin\//,
  /\/invitations\/\{token\}/,
  // What nobody has handed over yet cannot be handed over again.
  /\/redeliver$/,
];

let program: Program;
let document: ApiDocument;
/** The world of most operations. */
let common: World;
let other: Promise<Client> | undefined;
const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
formats.default(ajv);

beforeAll(async () => {
  program = await startProgram({ env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0', DAYMARK_LOG_LEVEL: 'error' } });
  document = await readApiDocument(program.url);
  ajv.addSchema(document, 'api');
  common = await newWorld();
});
afterAll(() => program?.stop());

async function newWorld(): Promise<World> {
  const client = await signUp(program.url, 'Fuzz');
  other ??= signUp(program.url, 'Other');
  const space = await client.must<{ id: string }>('POST', '/api/v1/spaces', { name: 'Fuzz' });
  return openWorld(client, await other, space.id);
}

/** A person may have only so many of these, so their operations get a new person now and then. */
const limited = /\/(webhooks|push-subscriptions)\b|^(POST|DELETE) .*\/(tokens|spaces|invitations|test)\b/;
const requestsPerPerson = 19;

const grammar = {
  resolve: (ref: string): Schema => document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {},
  hint: hintFor,
};

interface Plan {
  readonly query: Record<string, unknown>;
  readonly body: unknown;
  readonly spoil: { readonly where: 'body' | 'query' | 'path' | 'field'; readonly with: unknown } | null;
}

function plansFor(operation: Operation): fc.Arbitrary<Plan> {
  const query = fc.record(
    Object.fromEntries(
      operation.parameters
        .filter((parameter) => parameter.in === 'query')
        .map((parameter) => [parameter.name, queryHintFor(parameter.name) ?? valuesOf(parameter.schema, grammar)]),
    ),
    {
      requiredKeys: operation.parameters
        .filter((each) => each.in === 'query' && each.required)
        .map((each) => each.name),
    },
  );
  const spoil = fc.record({ where: fc.constantFrom('body', 'query', 'path', 'field'), with: hostile } as const);
  return fc.record({
    query: query as fc.Arbitrary<Record<string, unknown>>,
    body: operation.body ? valuesOf(operation.body, grammar) : fc.constant(undefined),
    spoil: fc.oneof({ weight: goodWeight, arbitrary: fc.constant(null) }, { weight: spoiledWeight, arbitrary: spoil }),
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

async function send(world: World, operation: Operation, plan: Plan) {
  let path = operation.path;
  const uses = operation.method === 'DELETE' || /\/(merge|restore)$/.test(path);
  for (const [all, kind = '', name] of operation.path.matchAll(/([^/]+)\/\{(\w+)\}/g)) {
    const made = path.endsWith('/skip') ? 'repeating' : kind;
    const id = name === 'user_id' ? await world.memberId() : await world.id(made, uses || made === 'repeating');
    path = path.replace(all, `${kind}/${id}`);
  }
  const takesQuery = operation.parameters.some((parameter) => parameter.in === 'query');
  const query = takesQuery ? await makeSensible(world, operation, plan.query) : plan.query;
  let body = operation.body ? await makeSensible(world, operation, plan.body as Record<string, unknown>) : undefined;
  // Only what is in the trash can be deleted for good.
  if (String(query.permanent) === 'true') await world.client.must('DELETE', path);
  if (plan.spoil?.where === 'query') query[Object.keys(query)[0] ?? 'limit'] = plan.spoil.with;
  if (plan.spoil?.where === 'path')
    path += `/${encodeURIComponent(textOf(plan.spoil.with).slice(0, 300).toWellFormed())}`;
  if (plan.spoil?.where === 'body' && operation.body) body = plan.spoil.with as never;
  if (plan.spoil?.where === 'field' && body) body[Object.keys(body)[0] ?? 'title'] = plan.spoil.with;
  const search = new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, textOf(value).toWellFormed()]),
  ).toString();
  return world.client.call(operation.method, search ? `${path}?${search}` : path, body);
}

function checkAnswer(operation: Operation, answer: { status: number; body: unknown; headers: Headers }): void {
  const told = `${operation.method} ${operation.path} answered ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 500)}`;
  expect(answer.status, told).toBeLessThan(500);
  const described = operation.answers.get(String(answer.status)) ?? operation.answers.get('default');
  expect(described, `${told}, a status that is not described`).toBeDefined();
  if (!described?.pointer) return;
  const schema = { $ref: `api${described.pointer}` };
  const valid = ajv.validate(schema, answer.body);
  expect(valid, `${told}\n${ajv.errorsText()}`).toBe(true);
}

test(`${requestsTotal} requests from the OpenAPI document`, { timeout: 1_200_000 }, async () => {
  const operations = operationsOf(document).filter(
    (operation) =>
      operation.path.startsWith('/api/v1/') &&
      !leftOut.some((pattern) => pattern.test(`${operation.method} ${operation.path}`)),
  );
  const each = Math.ceil(requestsTotal / operations.length);
  const shares = new Map<string, number>();
  let sent = 0;
  const fuzz = async (operation: Operation) => {
    let good = 0;
    let count = 0;
    let world = common;
    const isLimited = limited.test(`${operation.method} ${operation.path}`);
    await fc.assert(
      fc.asyncProperty(plansFor(operation), async (plan) => {
        if (isLimited && count % requestsPerPerson === 0) world = await newWorld();
        const answer = await send(world, operation, plan);
        count += 1;
        if (answer.status < 300) good += 1;
        checkAnswer(operation, answer);
      }),
      { numRuns: each, endOnFailure: true },
    );
    sent += count;
    shares.set(`${operation.method} ${operation.path}`, good / count);
  };
  const queue = [...operations];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await fuzz(next);
    }),
  );
  process.stdout.write(`fuzzed ${operations.length} operations with ${sent} requests\n`);
  expect(sent).toBeGreaterThanOrEqual(requestsTotal);
  const tooFew = [...shares].filter(([, share]) => share < 0.5);
  expect(tooFew, 'operations that hardly ever succeeded').toEqual([]);
});
