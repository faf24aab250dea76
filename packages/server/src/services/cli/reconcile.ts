/** `daymark reconcile`: proves that what was planned was delivered and what was completed has its successor, or names what is wrong. */
import { z } from 'zod';
import { reconcile } from '../../commands/reconcile/reconcile.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import type { Database } from '../../store/database.ts';

export interface ReconcileOptions {
  /** Only this space. */
  readonly spaceId?: string | undefined;
  /** Seconds that are given to what is still under way. */
  readonly grace?: string | undefined;
}

const Grace = z.coerce.number().min(0).max(86_400);

/** `daymark reconcile [--space id] [--grace seconds]`. Prints each finding, then the line. Answers 0 when everything is whole, else 1. */
export async function reconcileCommand(
  db: Database,
  options: ReconcileOptions,
  print: (line: string) => void,
): Promise<number> {
  const { spaceId } = options;
  if (spaceId !== undefined && !z.uuid().safeParse(spaceId).success) {
    throw new OperatorError(`${spaceId} is not the id of a space.`, '`daymark audit head` lists the spaces.');
  }
  const grace = Grace.optional().safeParse(options.grace);
  if (!grace.success) throw new OperatorError('--grace takes seconds, at most a day.', 'For instance: --grace 60');
  const report = await reconcile(db, {
    spaceId,
    ...(grace.data !== undefined && { grace_ms: grace.data * 1000 }),
  });
  for (const { kind, what, space_id, id, detail } of report.findings) {
    print(`${kind}: ${what} ${id} in space ${space_id}: ${detail}`);
  }
  const { totals } = report;
  const untold = totals.lost + totals.duplicate + totals.orphan + totals.differs - report.findings.length;
  if (untold > 0) print(`and ${untold} more`);
  print(report.line);
  return report.isWhole ? 0 : 1;
}
