/** Brings a space up to date through `GET /sync`: what was missed, or a snapshot when the server says so. */
import type { SyncAnswer } from '@daymark/core/contract/sync.ts';
import type { Api } from '../api/client.ts';
import type { IncomingChange } from '../store/apply-changes.ts';
import { type Cursor, catchUp, type Replica, replaceSpace } from '../store/replica.ts';

const pageSize = 1000;
/** A space of a million tasks is 1,000 pages; beyond that something is wrong. */
const pagesMax = 2000;

export type FetchedSpace = { kind: SyncAnswer['kind']; changes: IncomingChange[]; cursor: Cursor };

/** All pages from `since` on. A snapshot's pages belong to one fixed version and are given back together. */
export async function fetchSpace(api: Api, spaceId: string, cursor: Cursor | null): Promise<FetchedSpace> {
  const changes: IncomingChange[] = [];
  let since = cursor?.version ?? 0;
  let page: string | undefined;
  let kind: SyncAnswer['kind'] = cursor ? 'changes' : 'snapshot';
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const answer = await api<SyncAnswer>({
      method: 'GET',
      path: '/api/v1/sync',
      query: { space_id: spaceId, since, epoch: cursor?.epoch, cursor: page, limit: pageSize },
    });
    // The server may answer a catch-up with a snapshot; what was gathered before is then in it.
    if (answer.kind === 'snapshot' && kind === 'changes') changes.length = 0;
    kind = answer.kind;
    for (const change of answer.changes) changes.push(change);
    if (answer.complete) return { kind, changes, cursor: { version: answer.version, epoch: answer.epoch } };
    if (answer.kind === 'snapshot') page = answer.cursor ?? undefined;
    else since = answer.version;
  }
  throw new Error(`the snapshot of space ${spaceId} has more than ${pagesMax} pages`);
}

/** The fetched changes taken into the replica. */
export const takeFetched = (replica: Replica, spaceId: string, fetched: FetchedSpace): Replica =>
  fetched.kind === 'snapshot'
    ? replaceSpace(replica, spaceId, fetched.changes, fetched.cursor)
    : catchUp(replica, spaceId, fetched.changes, fetched.cursor);
