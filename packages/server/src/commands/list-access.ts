/** Finding the list that a command is about, and what is never done to an Inbox. */
import type { List } from '@daymark/core/contract/list.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { findList } from '../store/lists.ts';
import type { Sql } from '../store/sql.ts';
import type { Change } from './command.ts';
import { type ExpectedVersion, requireVersion } from './expected-version.ts';
import { requireEditor } from './policies.ts';

/** Throws Problem `not_found`. */
export async function requireList(sql: Sql, id: string): Promise<List> {
  const list = await findList(sql, id);
  if (!list) throw new Problem('not_found', 'There is no such list.');
  return list;
}

/** The list, where the person may change it and has seen its present version. */
export async function listToChange(change: Change, id: string, expected: ExpectedVersion): Promise<List> {
  const list = await requireList(change, id);
  await requireEditor(change, list.space_id);
  requireVersion(list, expected);
  return list;
}

/** Throws Problem `conflict`. */
export function refuseInbox(list: List, what: string): void {
  if (list.kind === 'inbox') throw new Problem('conflict', `The Inbox cannot be ${what}.`);
}
