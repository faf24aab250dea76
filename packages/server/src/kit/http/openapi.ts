/** The description of the API, OpenAPI 3.1, made from the schemas of the routes and served at `/openapi.json`. */
import { ProblemBody, problemContentType } from '@daymark/core/contract/problem.ts';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WriteHeader } from './route-config.ts';

type Json = Record<string, unknown>;
type Transform = ReturnType<typeof createJsonSchemaTransform>;

/** Collects the routes that are registered after it and serves their description. It is made at the first request. */
export async function describeRoutes(app: FastifyInstance, options: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Daymark',
        version: options.version,
        description:
          'Tasks, lists, tags, live sync and the audit log. Errors are problem details (RFC 9457) with stable codes. Single resources answer their version as `ETag`; every answer has an `X-Request-Id`.',
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API token with the scope that the operation names.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'daymark.session_token',
            description: 'A signed-in browser.',
          },
        },
      },
    },
    transform: describeOperation,
    transformObject: createJsonSchemaTransformObject({}),
  });

  let description: string | undefined;
  app.route({
    method: 'GET',
    url: '/openapi.json',
    schema: { hide: true },
    config: { access: 'public', quiet: true },
    handler: async (_request, reply) => {
      description ??= JSON.stringify(tidyDescription(app.swagger() as unknown as Json));
      return reply.type('application/json').send(description);
    },
  });
}

const baseTransform = createJsonSchemaTransform({});

const writeHeaders: Record<WriteHeader, z.ZodType> = {
  'Idempotency-Key': z.string().min(1).max(200).optional().meta({
    description:
      'Sent again with the same key and body within 24 hours, the first answer comes again, with `Idempotency-Replayed: true`, and nothing is done twice. With another body it is `idempotency_mismatch`.',
  }),
  'If-Match': z.string().optional().meta({
    description:
      'The version seen last, as `ETag` gave it: `"7"`. When it is no longer the current one, `version_conflict`.',
  }),
};

/** Adds to each operation what holds for all: who may use it, and how failures look. */
const describeOperation: Transform = (document) => {
  const { schema, route } = document as unknown as {
    schema?: Json;
    route: { config?: { access?: string; scope?: string; takes?: readonly WriteHeader[] } };
  };
  if (!schema || schema.hide) return baseTransform(document);
  const { access, scope = 'admin', takes = [] } = route.config ?? {};
  const security = [...(scope === 'session' ? [] : [{ token: scope === 'any' ? [] : [scope] }]), { session: [] }];
  const failure = { description: 'A problem', content: { [problemContentType]: { schema: ProblemBody } } };
  const response = { ...(schema.response as Json), default: failure };
  const headers = z.object(Object.fromEntries(takes.map((name) => [name, writeHeaders[name]])));
  const described = {
    ...schema,
    ...(takes.length > 0 && { headers }),
    response,
    security: access === 'public' ? [] : security,
  };
  return baseTransform({ ...document, schema: described } as Parameters<Transform>[0]);
};

/** Leaves out the schemas that no operation uses, and leaves answers open: they may gain fields at any time. */
function tidyDescription(description: Json): Json {
  const components = description.components as Json & { schemas: Record<string, Json> };
  const { schemas } = components;
  const used = new Set<string>();
  const pending: unknown[] = [description.paths];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [, name = ''] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name) || schemas[name] === undefined) continue;
      used.add(name);
      pending.push(schemas[name]);
    }
  }
  const kept = [...used].sort().map((name) => [name, name.endsWith('Input') ? schemas[name] : opened(schemas[name])]);
  const paths = Object.entries(description.paths as Record<string, Record<string, Json>>).map(([path, operations]) => [
    path,
    Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, withOpenAnswers(operation)])),
  ]);
  return {
    ...description,
    paths: Object.fromEntries(paths),
    components: { ...components, schemas: Object.fromEntries(kept) },
  };
}

function withOpenAnswers(operation: Json): Json {
  return { ...operation, responses: opened(operation.responses) };
}

/** The same schema without `additionalProperties: false`. */
function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false);
  return Object.fromEntries(members.map(([name, value]) => [name, opened(value)]));
}
