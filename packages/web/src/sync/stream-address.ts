/** The address of the stream of all spaces: what a hello says, as a query. */
import type { ClientFrame } from '@daymark/core/contract/sync.ts';

/** Proxies refuse long addresses. Spaces that do not fit are told of by `current`, and what they lack is fetched. */
const cursorsLengthMax = 4000;

export function streamAddress(hello: Extract<ClientFrame, { type: 'hello' }>): string {
  const query = new URLSearchParams({ space_id: 'all' });
  let cursors = '';
  for (const [spaceId, version] of Object.entries(hello.cursors)) {
    const longer = `${cursors}${cursors && ','}${spaceId}:${version}`;
    if (longer.length <= cursorsLengthMax) cursors = longer;
  }
  // An empty list of cursors is no list; without one the server tells where each space stands.
  if (cursors !== '') query.set('cursors', cursors);
  if (hello.epoch !== undefined) query.set('epoch', String(hello.epoch));
  return `/api/v1/sync/sse?${query}`;
}
