/** `GET /api/v1/audit-logs`: who changed what, from where, in the spaces of the caller. */
import { AuditEntry, AuditQuery } from '@daymark/core/contract/audit.ts';
import { page } from '@daymark/core/contract/paging.ts';
import { Id, Instant } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import { noSuchSpace } from '../../commands/space-access.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { type EntryPlace, type EntryRow, findEntries, presentEntry } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { findPersonalSpace, findRole } from '../../store/spaces.ts';
import type { Sql } from '../../store/sql.ts';
import { callerOf } from './intent.ts';

const AuditPage = page(AuditEntry);

const description = `The newest entry comes first; \`from\` is inclusive, \`to\` is not. Without \`space_id\` the personal space is looked into; \`space_id=all\` looks into all of the caller's spaces. Filters combine.

Where a person had the content of events erased, \`erased_at\` says when; \`client\`, \`address\` and \`changes\` are empty then.`;

/** `db` is the app login: row-level security holds back the entries of foreign spaces. */
export function auditRoutes(app: Edge, { db }: { db: Database }): void {
  app.route({
    method: 'GET',
    url: '/audit-logs',
    schema: {
      summary: 'The audit log of your spaces',
      description,
      tags: ['Audit'],
      querystring: AuditQuery,
      response: { 200: AuditPage },
    },
    config: { access: 'signed_in', scope: 'audit:read' },
    handler: async (request) => {
      const { query } = request;
      const { userId } = callerOf(request);
      const rows = await db.readAs(userId, (sql) => answerQuery(sql, userId, query));
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(presentEntry),
        next_cursor: rows.length > query.limit && last ? writeCursor(last) : null,
      };
    },
  });
}

async function answerQuery(sql: Sql, personId: string, query: AuditQuery): Promise<EntryRow[]> {
  const beyond = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const spaceId = query.space_id ?? (await findPersonalSpace(sql, personId));
  // Whoever has just signed up has no space yet.
  if (spaceId === undefined) return [];
  const { task_id: taskId, user_id: userId, event_type: eventType, correlation_id: correlationId, from, to } = query;
  const filter = { spaceId, taskId, userId, eventType, correlationId, from, to, beyond };
  const [role, rows] = await Promise.all([
    spaceId === 'all' ? 'member' : findRole(sql, spaceId, personId),
    // One more than asked for tells whether there are more.
    findEntries(sql, filter, query.limit + 1),
  ]);
  if (role === undefined) throw noSuchSpace();
  return rows;
}

/** The cursor is opaque, not secret: whoever makes one up begins reading elsewhere in what they may see anyway. */
const Place = z.tuple([Instant, z.int().min(0), Id]);

function writeCursor({ recorded_at, version, space_id }: EntryRow): string {
  return Buffer.from(JSON.stringify([recorded_at, version, space_id])).toString('base64url');
}

function readCursor(cursor: string): EntryPlace {
  const place = Place.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()));
  if (!place.success) {
    const message = 'is not one that was answered';
    throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
  }
  const [recordedAt, version, spaceId] = place.data;
  return { recordedAt, version, spaceId };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
