/** The ledger against the log: each firing made one notification, each notification its line for the application, each hand-over one event. */
import type { LedgerLine, NotificationLine } from '../../store/reconcile.ts';
import type { Findings } from './finding.ts';
import type { ReminderFold } from './fold-reminders.ts';

export function checkLedger(
  findings: Findings,
  fold: Pick<ReminderFold, 'firings' | 'handOvers'>,
  rows: { notifications: readonly NotificationLine[]; deliveries: readonly LedgerLine[] },
  options: { spaceId: string; settledBefore: string },
): void {
  const { spaceId: space_id, settledBefore } = options;
  const add = (kind: 'lost' | 'duplicate' | 'orphan', what: string, id: string, detail: string) =>
    findings.add({ kind, what, space_id, id, detail });

  const told = new Set(rows.notifications.map((row) => row.id));
  for (const firing of fold.firings.values()) {
    if (!told.has(firing.notificationId)) {
      add('lost', 'notification', firing.notificationId, `reminder ${firing.reminderId} reminded, and it is not there`);
    }
  }
  const rounds = new Set<string>();
  for (const row of rows.notifications) {
    if (row.reminder_id === null) continue;
    const round = `${row.reminder_id} ${row.round}`;
    if (rounds.has(round)) {
      add('duplicate', 'notification', row.id, `reminder ${row.reminder_id} told of its round ${row.round} already`);
    } else if (!fold.firings.has(row.id)) {
      add('orphan', 'notification', row.id, `no event says that reminder ${row.reminder_id} reminded so`);
    }
    rounds.add(round);
  }

  const places = new Set<string>();
  const inApp = new Set<string>();
  for (const row of rows.deliveries) {
    const place = `${row.notification_id} ${row.channel} ${row.target_id}`;
    if (places.has(place)) {
      add(
        'duplicate',
        'delivery',
        row.id,
        `notification ${row.notification_id} goes to this ${row.channel} target twice`,
      );
    }
    places.add(place);
    if (row.channel === 'in_app') inApp.add(row.notification_id);
    else checkHandOver(row);
  }
  for (const row of rows.notifications) {
    if (row.kind === 'reminder' && !inApp.has(row.id)) {
      add('lost', 'delivery', row.id, 'the notification has no line for the application');
    }
  }

  function checkHandOver(row: LedgerLine): void {
    const recorded = fold.handOvers.get(row.id) ?? 0;
    if (recorded > 1)
      add('duplicate', 'delivery', row.id, `${row.channel}: it is recorded as handed over ${recorded} times`);
    if (row.state === 'sent' && recorded === 0) {
      add('orphan', 'delivery', row.id, `${row.channel}: it counts as sent, and no event says so`);
    }
    if (row.state !== 'sent' && recorded > 0 && row.state !== 'suppressed') {
      add('lost', 'delivery', row.id, `${row.channel}: it was handed over, and counts as ${row.state}`);
    }
    if (row.waits_since !== null && row.waits_since < settledBefore) {
      add(
        'lost',
        'delivery',
        row.id,
        `${row.channel}: it is ${row.state} since ${row.waits_since} and nobody takes it`,
      );
    }
  }
}
