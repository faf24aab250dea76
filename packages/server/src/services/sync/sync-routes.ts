/** The addresses of live sync, under `/api/v1`. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { SyncStreamQuery } from '@daymark/core/contract/sync.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Edge } from '../../kit/http/edge.ts';
import type { Principal } from '../../kit/http/principal.ts';
import type { Database } from '../../store/database.ts';
import { findPersonalSpace } from '../../store/spaces.ts';
import { findHead } from '../../store/sync.ts';
import { answerSync } from './answer-sync.ts';
import type { Standing } from './greeting.ts';
import type { Hub } from './hub.ts';
import { refuseStream, serveStream } from './server-sent-events.ts';
import { changesOperation, socketOperation, streamOperation } from './sync-operations.ts';
import type { Upgrades } from './upgrades.ts';
import { serveWebSocket } from './websocket.ts';

export function syncRoutes(
  app: Edge,
  parts: { db: Database; hub: Hub; upgrades: Upgrades },
  options: { epoch: number },
): void {
  const { db, hub, upgrades } = parts;

  app.route({
    ...changesOperation,
    handler: (request) => answerSync(db, callerOf(request).userId, request.query, options),
  });

  app.route({
    ...socketOperation,
    handler: (request, reply) => {
      const caller = callerOf(request);
      upgrades.accept(request, reply, (socket) => serveWebSocket(hub, socket, caller));
    },
  });

  app.route({
    ...streamOperation,
    handler: async (request, reply) => {
      const caller = callerOf(request);
      refuseStream(hub, caller.userId);
      const { only, standing } = await streamWanted(db, caller, request.query, lastEventIdOf(request));
      reply.hijack();
      serveStream(hub, reply.raw, caller, { only, standing, headers: headersOf(reply) });
    },
  });
}

/** Which space a stream follows and from where. Throws Problem `not_found` for a space that the person is not in. */
async function streamWanted(
  db: Database,
  caller: Principal,
  query: SyncStreamQuery,
  lastEventId: number | undefined,
): Promise<{ only: string | null; standing: Standing }> {
  const { epoch } = query;
  if (query.space_id === 'all') return { only: null, standing: { cursors: query.cursors ?? {}, epoch } };
  const spaceId = await db.readAs(caller.userId, async (sql) => {
    const id = query.space_id?.toLowerCase() ?? (await findPersonalSpace(sql, caller.userId));
    return id !== undefined && (await findHead(sql, id)) !== undefined ? id : undefined;
  });
  if (spaceId === undefined) throw new Problem('not_found', 'There is no such space.');
  // What a browser adds when it connects again is newer than the address that it was given.
  const since = lastEventId ?? query.since;
  return { only: spaceId, standing: { cursors: since === undefined ? {} : { [spaceId]: since }, epoch } };
}

function lastEventIdOf(request: FastifyRequest): number | undefined {
  const value = request.headers['last-event-id'];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** What hooks have put on the answer, such as the headers for pages of other origins. */
function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

function callerOf(request: FastifyRequest): Principal {
  if (!request.caller) throw new Problem('unauthenticated');
  return request.caller;
}
