import { connect } from 'node:net';
import { Id, Instant, LocalDate } from '@daymark/core/contract/primitives.ts';
import { type FieldError, Problem, ProblemBody } from '@daymark/core/contract/problem.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { testEdge } from '../../../test/edge.ts';
import type { Edge } from './edge.ts';

const json = { 'content-type': 'application/json' };

/** A route that takes a body, and one that fails in whatever way it is told to. */
function addRoutes(app: Edge, failure: () => unknown = () => new Error('nothing')): void {
  app.route({
    method: 'POST',
    url: '/things/:id',
    schema: {
      params: z.object({ id: z.uuid() }),
      querystring: z.object({ limit: z.coerce.number().int().max(500).optional() }),
      body: z
        .strictObject({ title: z.string().max(5), when: z.object({ at: z.array(z.int()) }).optional() })
        .optional(),
      response: { 201: z.object({ title: z.string() }) },
    },
    config: { access: 'public' },
    handler: async (request, reply) => reply.code(201).send({ title: request.body?.title ?? 'none' }),
  });
  app.route({
    method: 'GET',
    url: '/fail',
    config: { access: 'public' },
    handler: async () => {
      throw failure();
    },
  });
}

const thing = '/things/01a1fc31-58cd-7d9c-bff0-d9697a2ae483';

test('a valid request is answered as its handler says', async () => {
  const { app } = await testEdge();
  addRoutes(app);
  const answer = await app.inject({ method: 'POST', url: `${thing}?limit=3`, headers: json, payload: '{"title":"a"}' });
  expect([answer.statusCode, answer.json()]).toEqual([201, { title: 'a' }]);
});

test('a verb without a body may still claim to send JSON', async () => {
  const { app } = await testEdge();
  addRoutes(app);
  const answer = await app.inject({ method: 'POST', url: thing, headers: json });
  expect([answer.statusCode, answer.json()]).toEqual([201, { title: 'none' }]);
});

test('refused fields are told in plain words, each once', async () => {
  const { app } = await testEdge();
  app.route({
    method: 'POST',
    url: '/forms',
    schema: {
      body: z.strictObject({
        name: z.string(),
        id: Id,
        size: z.int().max(3),
        tags: z.array(z.string()).max(1),
        title: z.string().max(2),
        at: Instant,
        on: LocalDate,
        kind: z.enum(['a', 'b']),
      }),
    },
    config: { access: 'public' },
    handler: async () => null,
  });
  const payload = { id: 'x', size: 4, tags: ['a', 'b'], title: 'abc', at: 'soon', on: '2026-02-30', kind: 'c' };
  const answer = await app.inject({ method: 'POST', url: '/forms', headers: json, payload });
  const told = answer.json().errors.map(({ path, message }: FieldError) => `${path} ${message}`);
  expect(told.sort()).toEqual([
    'at must be an instant such as 2026-12-01T08:00:00Z',
    'id must be a UUID',
    'kind must be one of a, b',
    'name is missing',
    'on must be a date such as 2026-12-01',
    'size must be at most 3',
    'tags must have at most 1 item',
    'title must have at most 2 characters',
  ]);
});

test('of several forms the one that was most likely meant says what is wrong', async () => {
  const { app } = await testEdge();
  const ways = z.enum(['a', 'b']).optional();
  const rule = z.union([z.null(), z.strictObject({ rule: z.string(), way: ways }), z.strictObject({ every: z.int() })]);
  const schema = { body: z.strictObject({ rule }) };
  app.route({ method: 'POST', url: '/rules', schema, config: { access: 'public' }, handler: async () => null });
  const told = async (payload: unknown) => {
    const answer = await app.inject({ method: 'POST', url: '/rules', headers: json, payload: { rule: payload } });
    return answer.json().detail;
  };
  expect(await told({ rule: 'x', way: 'c' })).toBe('rule.way: must be one of a, b');
  expect(await told({ every: 'x' })).toBe('rule.every: must be a number');
  expect(await told('daily')).toBe('rule: must be a JSON object');
  expect(await told({})).toBe('rule.rule: is missing');
});

test('a write refuses a query that it does not take, as it would go unheard', async () => {
  const { app } = await testEdge();
  app.route({ method: 'POST', url: '/bare', schema: {}, config: { access: 'public' }, handler: async () => 'done' });
  const refused = await app.inject({ method: 'POST', url: '/bare?space_id=7' });
  expect([refused.statusCode, refused.json().errors]).toEqual([
    400,
    [{ path: 'space_id', message: 'There is no such field' }],
  ]);
  expect((await app.inject({ method: 'POST', url: '/bare' })).statusCode).toBe(200);
});

test('every refusal is a problem with its code, and names the fields', async () => {
  const { app } = await testEdge();
  addRoutes(app);
  const post = (payload: string, url = thing, headers: Record<string, string> = json) =>
    app.inject({ method: 'POST', url, headers, payload });
  const cases: [Promise<Awaited<ReturnType<typeof post>>>, number, string, string[]?][] = [
    [post('{"title":"too long"}'), 400, 'validation_failed', ['title']],
    [post('{"when":{"at":[1,"x"]},"more":1}'), 400, 'validation_failed', ['title', 'when.at.1', 'more']],
    [post('{"title":"a"}', '/things/7'), 400, 'validation_failed', ['id']],
    [post('{"title":"a"}', `${thing}?limit=501`), 400, 'validation_failed', ['limit']],
    [post('{"title":"a\\u0000"}'), 400, 'validation_failed', ['title']],
    [post('{"title":"\\ud83d"}'), 400, 'validation_failed', ['title']],
    [post('{"title":"a"}', `${thing}?limit=%00`), 400, 'validation_failed'],
    [post('{"title":'), 400, 'malformed_request'],
    [post('{"title":"a"}', '/%zz'), 400, 'malformed_request'],
    [post('title=a', thing, { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'unsupported_media_type'],
    [post(`{"title":"${'a'.repeat(1_048_576)}"}`), 413, 'payload_too_large'],
    [app.inject('/nowhere'), 404, 'not_found'],
    [app.inject({ method: 'DELETE', url: thing }), 405, 'method_not_allowed'],
  ];
  for (const [pending, status, code, paths] of cases) {
    const answer = await pending;
    expect(answer.headers['content-type'], answer.body).toBe('application/problem+json');
    const problem = ProblemBody.parse(answer.json());
    expect([answer.statusCode, problem.status, problem.code], problem.detail).toEqual([status, status, code]);
    expect(problem.request_id).toBe(answer.headers['x-request-id']);
    if (paths) expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
  }
});

test('an address that exists for other methods says for which', async () => {
  const { app } = await testEdge();
  addRoutes(app);
  expect((await app.inject({ method: 'PUT', url: thing })).headers.allow).toBe('POST');
  expect((await app.inject({ method: 'POST', url: '/fail' })).headers.allow).toBe('GET, HEAD');
});

test('a fault of ours is answered without its details and logged once with its causes', async () => {
  const { app, logged } = await testEdge();
  addRoutes(app, () => new Error('the table is on fire', { cause: new Error('a match') }));
  const answer = await app.inject('/fail');
  expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal']);
  expect(answer.body).not.toMatch(/fire|match|stack/);
  const faults = logged().filter(({ level }) => level === 'error');
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({
    request_id: answer.headers['x-request-id'],
    error: { message: 'the table is on fire', cause: { message: 'a match' } },
  });
});

test('what is thrown that is not an error is still a 500', async () => {
  const { app } = await testEdge();
  addRoutes(app, () => 'a string');
  expect((await app.inject('/fail')).json().code).toBe('internal');
});

test('an error of ours that carries a status is not taken for a refusal', async () => {
  const { app } = await testEdge();
  addRoutes(app, () => Object.assign(new Error('from some library'), { statusCode: 404 }));
  expect((await app.inject('/fail')).statusCode).toBe(500);
});

test('a database that does not answer is 503 with the time to wait', async () => {
  const { app } = await testEdge({ isUnavailable: (error) => (error as { code?: string }).code === 'ECONNREFUSED' });
  addRoutes(app, () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  const answer = await app.inject('/fail');
  expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '2']);
});

test('what a command adds to its problem reaches the client', async () => {
  const { app } = await testEdge();
  addRoutes(app, () => new Problem('version_conflict', 'It is at 8 now.', { extras: { current: { version: 8 } } }));
  const answer = await app.inject('/fail');
  expect(answer.statusCode).toBe(412);
  expect(answer.json()).toMatchObject({ detail: 'It is at 8 now.', current: { version: 8 } });
});

test('a well-formed request id is kept, any other is replaced', async () => {
  const { app } = await testEdge();
  const idFor = async (id: string) =>
    (await app.inject({ url: '/health', headers: { 'x-request-id': id } })).headers['x-request-id'];
  expect(await idFor('client-1234')).toBe('client-1234');
  expect(await idFor('x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(await idFor('evil "quotes" and more')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

test('everything has the security headers, refusals and undecodable addresses too', async () => {
  const { app } = await testEdge();
  for (const url of ['/health', '/nowhere', '/%zz', '/openapi.json']) {
    const { headers } = await app.inject(url);
    expect(headers['x-content-type-options'], url).toBe('nosniff');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https:|upgrade-insecure/);
  }
});

test('what is not HTTP is answered with a problem, too', async () => {
  const { app } = await testEdge();
  await app.listen({ port: 0 });
  const { port } = app.server.address() as { port: number };
  const talk = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let heard = '';
      connect(port, '127.0.0.1')
        .on('data', (bytes) => {
          heard += bytes;
        })
        .on('close', () => resolve(heard))
        .on('error', reject)
        .write(text);
    });
  expect(await talk('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*problem\+json[\s\S]*"malformed_request"/);
  expect(await talk(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  await app.close();
});

test('the line of a request names its route and ids, never its query or path', async () => {
  const { app, lines, logged } = await testEdge();
  app.route({
    method: 'GET',
    url: '/invitations/:token/tasks/:id',
    config: { access: 'public', log: { id: 'task_id', other: 'list_id' } },
    handler: async () => ({}),
  });
  const trace = '0af7651916cd43dd8448eb211c80319c';
  await app.inject({
    url: `/invitations/s3cret/tasks/01a1fc31-58cd-7d9c-bff0-d9697a2ae483?search=flowers`,
    headers: { traceparent: `00-${trace}-b7ad6b7169203331-01`, 'x-correlation-id': 'undertaking-1' },
  });
  await app.inject('/invitations/s3cret/tasks/flowers');
  expect(lines.join()).not.toMatch(/s3cret|flowers/);
  expect(logged()[0]).toMatchObject({
    level: 'info',
    message: 'request',
    method: 'GET',
    route: '/invitations/:token/tasks/:id',
    status: 200,
    task_id: '01a1fc31-58cd-7d9c-bff0-d9697a2ae483',
    trace_id: trace,
    correlation_id: 'undertaking-1',
  });
  expect(logged()[1]).not.toHaveProperty('task_id');
});

test('requests are measured by pattern and class of status, unknown addresses together', async () => {
  const { app } = await testEdge();
  addRoutes(app);
  await app.inject({ method: 'POST', url: thing, headers: json, payload: '{"title":"a"}' });
  for (const path of ['/a', '/b']) await app.inject(path);
  const { body } = await app.inject('/metrics');
  expect(body).toContain('http_request_duration_seconds_count{method="POST",route="/things/:id",status="2xx"} 1');
  expect(body).toContain('http_request_duration_seconds_count{method="GET",route="unmatched",status="4xx"} 2');
});
