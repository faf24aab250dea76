import { expect, test } from 'vitest';
import { z } from 'zod';
import { testEdge } from '../../../test/edge.ts';

const Thing = z.object({ id: z.uuid(), note: z.string().nullable() }).meta({ id: 'TestThing' });
const ThingCreate = z.strictObject({ note: z.string().optional() }).meta({ id: 'TestThingCreate' });
z.object({ never: z.string() }).meta({ id: 'TestUnused' });

async function described() {
  const { app } = await testEdge();
  app.route({
    method: 'POST',
    url: '/things/:id',
    schema: {
      summary: 'Make a thing',
      tags: ['Things'],
      params: z.object({ id: z.uuid() }),
      body: ThingCreate,
      response: { 201: Thing },
    },
    config: { access: 'signed_in', scope: 'tasks:write', takes: ['Idempotency-Key', 'If-Match'] },
    handler: async (request, reply) => reply.code(201).send({ id: request.params.id, note: null }),
  });
  return (await app.inject('/openapi.json')).json();
}

test('a route is described as OpenAPI 3.1 with its parameters, body, answers and scope', async () => {
  const { openapi, paths } = await described();
  expect(openapi).toBe('3.1.0');
  const operation = paths['/things/{id}'].post;
  expect(operation.security).toEqual([{ token: ['tasks:write'] }, { session: [] }]);
  expect(operation.parameters[0]).toMatchObject({ name: 'id', in: 'path', required: true });
  expect(JSON.stringify(operation.requestBody)).toContain('#/components/schemas/TestThingCreateInput');
  expect(operation.responses['201'].content['application/json'].schema.$ref).toBe('#/components/schemas/TestThing');
  expect(operation.responses.default.content['application/problem+json'].schema.$ref).toBe(
    '#/components/schemas/Problem',
  );
});

test('the headers that change what a write does are described where the route takes them', async () => {
  const { paths } = await described();
  const headers = paths['/things/{id}'].post.parameters.filter(
    (parameter: { in: string }) => parameter.in === 'header',
  );
  expect(headers).toMatchObject([
    { name: 'Idempotency-Key', required: false },
    { name: 'If-Match', required: false },
  ]);
  expect(headers.every(({ description }: { description?: string }) => description !== undefined)).toBe(true);
});

test('bodies are closed, answers may grow', async () => {
  const { components } = await described();
  expect(components.schemas.TestThingCreateInput.additionalProperties).toBe(false);
  expect(components.schemas.TestThing).not.toHaveProperty('additionalProperties');
  expect(components.schemas.TestThing.properties.note).toEqual({ type: ['string', 'null'] });
});

test('schemas that no operation uses are left out, and every reference leads somewhere', async () => {
  const document = await described();
  expect(Object.keys(document.components.schemas)).not.toContain('TestUnused');
  for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty(String(name));
  }
});

test('public operations ask for no credentials', async () => {
  const { paths } = await described();
  expect(paths['/health'].get.security).toEqual([]);
  expect(paths).not.toHaveProperty('/metrics');
  expect(paths).not.toHaveProperty('/docs');
});

test('the page that shows it comes from this server alone', async () => {
  const { app } = await testEdge();
  const page = await app.inject('/docs');
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).not.toMatch(/https?:\/\//);
  expect(page.body).not.toMatch(/<script>|<style|style=/);
  expect(page.headers['content-security-policy']).toContain("script-src 'self';");
  for (const [, path] of page.body.matchAll(/src="([^"]+)"/g)) {
    const program = await app.inject({ url: String(path), headers: { 'accept-encoding': 'gzip' } });
    expect([path, program.statusCode]).toEqual([path, 200]);
    expect(program.headers['content-type']).toContain('javascript');
  }
});
