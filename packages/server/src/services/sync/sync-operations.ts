/** What the operations of live sync are called and take: for the process that serves them, and for one that only describes them. */
import { SyncAnswer, SyncQuery, SyncStreamQuery } from '@daymark/core/contract/sync.ts';

const access = { access: 'signed_in', scope: 'tasks:read' } as const;
const lasting = { ...access, lasting: true } as const;

export const changesOperation = {
  method: 'GET',
  url: '/sync',
  schema: {
    summary: 'What changed in a space since a version, or all that is in it',
    tags: ['Sync'],
    querystring: SyncQuery,
    response: { 200: SyncAnswer },
  },
  config: access,
} as const;

export const socketOperation = {
  method: 'GET',
  url: '/sync/ws',
  exposeHeadRoute: false,
  schema: { summary: 'Live changes of all spaces over a WebSocket', tags: ['Sync'] },
  config: lasting,
} as const;

export const streamOperation = {
  method: 'GET',
  url: '/sync/sse',
  exposeHeadRoute: false,
  schema: {
    summary: 'Live changes as Server-Sent Events',
    tags: ['Sync'],
    querystring: SyncStreamQuery,
  },
  config: lasting,
} as const;
