/** The routes of delivery on an edge of their own, asked as one person or another. */
import { publicAddresses } from '../src/kit/safe-address.ts';
import { deliveryRoutes } from '../src/services/api/delivery-routes.ts';
import { markReplayedAnswers } from '../src/services/api/intent.ts';
import { pushSubscriptionRoutes } from '../src/services/api/push-subscription-routes.ts';
import { webhookRoutes } from '../src/services/api/webhook-routes.ts';
import { signedIn, testEdge } from './edge.ts';
import type { Spine } from './fixtures.ts';
import type { Answer } from './task-api.ts';

/** `call` asks as the person whose id is given; who is in `administrators` is one. */
export async function openDeliveryApi(spine: Pick<Spine, 'app' | 'worker'>) {
  const administrators = new Set<string>();
  const { app: edge } = await testEdge({}, async (request) => {
    const userId = String(request.headers['x-person']);
    return { ...signedIn, userId, isAdministrator: administrators.has(userId) };
  });
  const channelsConfigured = { email: false, sms: false, web_push: true, webhook: true };
  await edge.register(async (routes: typeof edge) => {
    markReplayedAnswers(routes);
    deliveryRoutes(routes, spine, { channelsConfigured });
    pushSubscriptionRoutes(routes, spine);
    webhookRoutes(routes, spine, { mayReach: publicAddresses });
  });
  async function call(
    person: { id: string },
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await edge.inject({
      ...{ method, url, headers: { 'x-person': person.id, ...headers } },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const text = response.body;
    return { status: response.statusCode, headers: response.headers, body: text === '' ? undefined : response.json() };
  }
  return { call, administrators, close: () => edge.close() };
}
