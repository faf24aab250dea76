/**
 * The operations of live sync where another process serves them: in the description of the API, which is one for all processes, and
 * with an answer that tells whoever came here by mistake.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { changesOperation, socketOperation, streamOperation } from './sync-operations.ts';

const handler = async () => {
  throw new Problem(
    'unavailable',
    'Another process serves live sync. Let the proxy send /api/v1/sync and what is below it there.',
  );
};

export function syncElsewhere(app: Edge): void {
  app.route({ ...changesOperation, handler });
  app.route({ ...socketOperation, handler });
  app.route({ ...streamOperation, handler });
}
