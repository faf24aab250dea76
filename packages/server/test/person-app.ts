/** An edge for tests of routes that are not about signing in: whoever is named as `Bearer <person id>` asks. */

import type { Edge } from '../src/kit/http/edge.ts';
import type { Principal } from '../src/kit/http/principal.ts';
import { signedIn, testEdge } from './edge.ts';

export interface PersonApp {
  app: Edge;
  get(personId: string, url: string): Promise<PersonAnswer>;
  post(personId: string, url: string, body?: object): Promise<PersonAnswer>;
}

export interface PersonAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of each answer
  body: any;
}

/** `principal` says more about who asks, for instance that it is an administrator. */
export async function personApp(
  register: (app: Edge) => void,
  principal: (personId: string) => Partial<Principal> = () => ({}),
): Promise<PersonApp> {
  const { app } = await testEdge({}, async (request) => {
    const userId = request.headers.authorization?.slice('Bearer '.length) ?? '';
    return { ...signedIn, userId, ...principal(userId) };
  });
  await app.register(async (scope: Edge) => register(scope), { prefix: '/api/v1' });
  const call = async (method: 'GET' | 'POST', personId: string, url: string, body?: object) => {
    const headers = { authorization: `Bearer ${personId}` };
    const answer = await app.inject({ method, url: `/api/v1${url}`, headers, ...(body && { payload: body }) });
    return { status: answer.statusCode, body: answer.json() };
  };
  return {
    app,
    get: (personId, url) => call('GET', personId, url),
    post: (personId, url, body) => call('POST', personId, url, body),
  };
}
