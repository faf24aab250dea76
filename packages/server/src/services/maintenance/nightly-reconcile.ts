/** Reconciles once a day, and says in the log and the metrics what is wrong. */
import { type Reconciliation, reconcile } from '../../commands/reconcile/reconcile.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import type { Database } from '../../store/database.ts';

const day_ms = 86_400_000;
/** The hour in UTC at which most people sleep somewhere else than where the load is; only one hour in a day matters. */
const hour_ms = 3 * 3_600_000;
const findingsLoggedMax = 20;

/** `db` is the worker login. `onReport` is told of each run, for the metrics. */
export function startNightlyReconcile(
  db: Database,
  log: Log,
  options: { onReport: (report: Reconciliation) => void; now?: () => number },
): Running {
  const now = options.now ?? Date.now;
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let inHand = Promise.resolve();

  function schedule(): void {
    if (stopping) return;
    const sinceHour_ms = (((now() - hour_ms) % day_ms) + day_ms) % day_ms;
    timer = setTimeout(() => (inHand = run()), day_ms - sinceHour_ms);
  }

  async function run(): Promise<void> {
    try {
      const report = await reconcile(db);
      options.onReport(report);
      const { line, isWhole, totals } = report;
      if (isWhole) log.info({ line }, 'reconciled');
      else {
        log.error({ line, totals }, 'the reconciliation found something wrong; `daymark reconcile` names it');
        for (const finding of report.findings.slice(0, findingsLoggedMax)) log.error({ ...finding }, 'reconciliation');
      }
    } catch (error) {
      log.warn({ error }, 'it could not be reconciled; the next night tries again');
    }
    schedule();
  }

  schedule();
  return {
    done: ended.promise,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await inHand;
      ended.resolve();
    },
  };
}
