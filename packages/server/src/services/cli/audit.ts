/** `daymark audit`: proves that the log is what it was, and writes down its heads as a witness for later. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { OperatorError } from '../../kit/operator-error.ts';
import {
  auditPosition,
  type BrokenLink,
  type ExportedHead,
  everySpace,
  isSpaceMentioned,
  missingHeads,
  readHeadsBeyond,
  type Tally,
  verifySpace,
} from '../../store/chain-verification.ts';
import type { Database } from '../../store/database.ts';

const headsAtOnce = 500;
/** After so many broken spaces the rest is not worth reading. */
const brokenMax = 100;
const beforeAllIds = '00000000-0000-0000-0000-000000000000';

const HeadLine = z.object({
  space_id: z.uuid(),
  version: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface AuditVerifyOptions {
  /** Only this space. */
  readonly spaceId?: string | undefined;
  /** A file that `audit head` wrote. */
  readonly headFile?: string | undefined;
}

/**
 * `daymark audit verify [--space id] [--head file]`, on the login `audit`. Prints the first broken link of each space, then a
 * sentence that sums up. Answers the exit code: 0 when everything is whole, else 1. Throws OperatorError for a space
 * that does not exist and for a head file that cannot be read.
 */
export async function auditVerify(
  db: Pick<Database, 'sql'>,
  options: AuditVerifyOptions,
  print: (line: string) => void,
): Promise<number> {
  const { sql } = db;
  const { spaceId: only } = options;
  if (only !== undefined && !(z.uuid().safeParse(only).success && (await isSpaceMentioned(sql, only)))) {
    throw new OperatorError(`There is no space ${only}.`, '`daymark audit head` lists the spaces.');
  }
  const tally: Tally = { spaces: 0, events: 0, erased: 0, unfiled: 0, parked: 0 };
  const brokenSpaces = new Set<string>();
  // A space that is broken in itself and lacks its exported head is named once.
  const tell = (link: BrokenLink) => {
    if (brokenSpaces.has(link.spaceId)) return;
    brokenSpaces.add(link.spaceId);
    print(`broken: space ${link.spaceId}, version ${link.version}: ${link.what}`);
  };
  const filed = await auditPosition(sql);
  for await (const spaceId of only !== undefined ? [only] : everySpace(sql)) {
    const link = await verifySpace(sql, spaceId, filed, tally);
    if (link) tell(link);
    if (brokenSpaces.size === brokenMax) break;
  }
  let heads = 0;
  if (options.headFile !== undefined && brokenSpaces.size < brokenMax) {
    for await (const batch of headsInFile(options.headFile, options.spaceId)) {
      heads += batch.length;
      for (const link of await missingHeads(sql, batch)) tell(link);
    }
  }
  print(summary(tally, brokenSpaces.size, options.headFile === undefined ? undefined : heads));
  return brokenSpaces.size === 0 ? 0 : 1;
}

function summary(tally: Tally, broken: number, heads: number | undefined): string {
  const notes = [
    [tally.erased, 'erased payloads'],
    [tally.unfiled, 'not yet in the audit log'],
    [tally.parked, 'waiting as dead letters of the audit log'],
  ] as const;
  const counted = notes.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const read = [`${tally.spaces} spaces, ${tally.events} events`, ...counted];
  if (heads !== undefined) read.push(`${heads} exported heads compared`);
  return `${broken === 0 ? 'whole' : `${broken} broken`}: ${read.join(', ')}`;
}

/** `daymark audit head`: prints the head of each space, one JSON line each. Keep the file where the database's owner cannot write. */
export async function auditHead(db: Pick<Database, 'sql'>, print: (line: string) => void): Promise<number> {
  let after = beforeAllIds;
  for (;;) {
    const heads = await readHeadsBeyond(db.sql, after, headsAtOnce);
    for (const { space_id, version, hash } of heads) print(JSON.stringify({ space_id, version, hash }));
    const last = heads.at(-1);
    if (!last) return 0;
    after = last.space_id;
  }
}

async function* headsInFile(path: string, spaceId: string | undefined): AsyncGenerator<ExportedHead[]> {
  let batch: ExportedHead[] = [];
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() === '') continue;
      const head = HeadLine.parse(JSON.parse(line));
      if (spaceId === undefined || head.space_id === spaceId) batch.push(head);
      if (batch.length === headsAtOnce) {
        yield batch;
        batch = [];
      }
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError || (cause as { syscall?: string }).syscall)) {
      throw cause;
    }
    const where = number === 0 ? '' : ` at line ${number}`;
    const remedy = 'Give a file that `daymark audit head` wrote.';
    throw new OperatorError(`The heads in ${path} cannot be read${where}.`, remedy, { cause });
  }
  if (batch.length > 0) yield batch;
}
