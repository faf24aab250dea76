/** The reconciliation, for administrators. It names rows by id, never by what people wrote. */
import { ReconcileReport } from '@daymark/core/contract/operations.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { type Reconciliation, reconcile } from '../../commands/reconcile/reconcile.ts';
import type { Edge } from '../../kit/http/edge.ts';
import type { Database } from '../../store/database.ts';

/** `worker` is the worker login, which reads all spaces. One reconciliation runs at a time; who asks meanwhile gets the same. */
export function reconcileRoutes(app: Edge, { worker }: { worker: Database }): void {
  let running: Promise<Reconciliation> | undefined;
  app.route({
    method: 'GET',
    url: '/admin/reconcile',
    schema: {
      summary: 'Planned against delivered, completed against successors, the log against the tables',
      description:
        'Reads the whole log; on a large installation it takes minutes. `daymark reconcile` does the same on the command line.',
      tags: ['Administration'],
      response: { 200: ReconcileReport },
    },
    config: { access: 'administrator' },
    handler: async () => {
      running ??= reconcile(worker).finally(() => {
        running = undefined;
      });
      const report = await running.catch((cause) => {
        throw new Problem('unavailable', 'It could not be reconciled now; try again.', { cause });
      });
      const { line, isWhole, counts, totals, findings } = report;
      return { line, whole: isWhole, counts: { ...counts }, totals: { ...totals }, findings: [...findings] };
    },
  });
}
