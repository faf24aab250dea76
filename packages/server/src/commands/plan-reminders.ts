/**
 * Plans the reminders of everyone on tasks that have changed. It is done from the rows as they are when the locks are held, so it is
 * right whatever order the events came in, and doing it again finds nothing to do.
 */

import { momentOf } from '@daymark/core/reminders/moment.ts';
import { isBefore } from '@daymark/core/reminders/plan.ts';
import { planTask } from '@daymark/core/reminders/plan-task.ts';
import { findOwners, type ReminderOwner } from '../store/reminded-people.ts';
import {
  decidingChanges,
  findPlannedTasks,
  type PlannedTask,
  peopleOfTasks,
  remindersOfPrevious,
} from '../store/reminded-tasks.ts';
import { type ReminderRow, remindersOfTasks, renewTzVersion, storeReminders } from '../store/reminders.ts';
import { membersAmong } from '../store/standings.ts';
import { settleChecks, type TaskCheck } from '../store/task-checks.ts';
import { tzVersion } from '../store/tasks.ts';
import { type Change, type Commands, runCommand } from './command.ts';
import { traceOfBatch } from './command-trace.ts';
import { type ProgramIntent, programIntent } from './program-intent.ts';
import { type PlanCause, recordPlan } from './record-plans.ts';

/** Rows of reminders in one transaction. A person has at most about 20 on a task. */
const rowsPerTransactionMax = 500;
const spacesPerTransactionMax = 50;
/** People whom one batch of tasks concerns; what is beyond them waits for the next batch. */
const concernedMax = 20_000;

/** What all hang together with, or what the work is called where they do not. */
const correlationOf = (checks: readonly TaskCheck[]): string => {
  const [first, ...others] = new Set(checks.map((check) => check.correlation_id));
  return first !== undefined && others.length === 0 ? first : 'reminders';
};

/** A person whom a task concerns. */
export interface Concern {
  readonly taskId: string;
  readonly ownerId: string;
}

/**
 * Looks at the tasks of checks and settles them. `worker` is on the worker login. `planned` is called before the last of the
 * transactions commits.
 */
export async function planChecked(
  worker: Commands,
  checks: readonly TaskCheck[],
  options: { planned: () => void },
): Promise<void> {
  const taskIds = checks.map((check) => check.task_id);
  const concerned = await peopleOfTasks(worker.db.sql, taskIds, concernedMax);
  const owners = await findOwners(worker.db.sql, [...new Set(concerned.map((each) => each.user_id))]);
  const trace = traceOfBatch(checks);
  const intent = programIntent({ correlationId: correlationOf(checks), ...trace });
  const causes = new Map(
    checks.map((check) => {
      const traceparent = trace.links ? check.traceparent : null;
      return [check.task_id, { eventId: check.event_id, correlationId: check.correlation_id, traceparent }];
    }),
  );
  const parts = partsOf(concerned.filter((each) => owners.has(each.user_id)));
  const rest = parts.pop();
  for (const part of parts) await runPart(worker, intent, part, { owners, causes }, async () => {});
  if (!rest) {
    await settleChecks(worker.db.sql, 'reminders', checks);
    return;
  }
  await runPart(worker, intent, rest, { owners, causes }, async (change) => {
    await settleChecks(change, 'reminders', checks);
    options.planned();
  });
}

function runPart(
  worker: Commands,
  intent: ProgramIntent,
  part: readonly Concern[],
  around: { owners: ReadonlyMap<string, ReminderOwner>; causes: ReadonlyMap<string, PlanCause> },
  settle: (change: Change) => Promise<void>,
): Promise<null> {
  const { owners, causes } = around;
  const spaceIds = [...new Set(part.map(({ ownerId }) => owners.get(ownerId)?.space_id ?? ''))];
  return runCommand(worker, intent, spaceIds, async (change) => {
    await planConcerns(change, part, causes);
    await settle(change);
    return null;
  });
}

/** Cuts what is concerned into transactions that take few rows and few spaces. */
function partsOf(concerned: readonly { task_id: string; user_id: string; reminders: number }[]): Concern[][] {
  const parts: Concern[][] = [];
  let rows = 0;
  let people = new Set<string>();
  for (const { task_id, user_id, reminders } of concerned) {
    people.add(user_id);
    rows += reminders;
    const isFull = rows > rowsPerTransactionMax || people.size > spacesPerTransactionMax;
    if (isFull || parts.length === 0) {
      parts.push([]);
      people = new Set([user_id]);
      rows = reminders;
    }
    parts.at(-1)?.push({ taskId: task_id, ownerId: user_id });
  }
  return parts;
}

const unknownChange = '1970-01-01T00:00:00Z';

/** Plans for people whose personal spaces are locked. Answers the rows as they are then. */
export async function planConcerns(
  change: Change,
  concerns: readonly Concern[],
  causes: ReadonlyMap<string, PlanCause>,
): Promise<ReminderRow[]> {
  const taskIds = [...new Set(concerns.map(({ taskId }) => taskId))];
  const ownerIds = [...new Set(concerns.map(({ ownerId }) => ownerId))];
  const owners = await findOwners(change, ownerIds);
  const spaceIds = [...owners.values()].map((owner) => owner.space_id);
  const [tasks, rows, previous] = await Promise.all([
    findPlannedTasks(change, taskIds),
    remindersOfTasks(change, taskIds, spaceIds),
    remindersOfPrevious(change, taskIds, spaceIds),
  ]);
  const members = await membersAmong(change, [...new Set([...tasks.values()].map((task) => task.space_id))], ownerIds);
  const isMember = new Set(members.map((member) => `${member.space_id} ${member.user_id}`));
  const rowsBy = Map.groupBy(rows, (row) => `${row.task_id} ${row.user_id}`);
  const previousBy = Map.groupBy(previous, (row) => `${row.for_task} ${row.user_id}`);
  const changedAt = await changeTimes(change, tasks, rows, { owners, previous });
  const stored: ReminderRow[] = [];
  for (const { taskId, ownerId } of concerns) {
    const owner = owners.get(ownerId);
    if (!owner || !change.holds(owner.space_id)) continue;
    const task = tasks.get(taskId);
    const own = rowsBy.get(`${taskId} ${ownerId}`) ?? [];
    const sight = sightOf(task, task !== undefined && isMember.has(`${task.space_id} ${ownerId}`));
    const plan = planTask({
      rows: own,
      previous: previousBy.get(`${taskId} ${ownerId}`) ?? [],
      isDefaultFor: task !== undefined && ownerId === (task.assignee_id ?? task.created_by),
      circumstances: { ...sight, person: owner, changedAt: changedAt.get(taskId) ?? unknownChange },
    });
    const spaceId = task?.space_id ?? own[0]?.task_space_id ?? '';
    const cause = causes.get(taskId) ?? { eventId: null, correlationId: change.correlationId, traceparent: null };
    stored.push(...recordPlan(change, owner, { id: taskId, space_id: spaceId }, plan, cause));
  }
  if (stored.length > 0) change.write(storeReminders(change, stored));
  const old = rows.filter((row) => row.state === 'planned' && row.tz_version !== tzVersion).map((row) => row.id);
  if (old.length > 0) change.write(renewTzVersion(change, old));
  return stored;
}

/** What the owner sees of a task: the task while it is open, else why not. */
function sightOf(task: PlannedTask | undefined, isMember: boolean) {
  if (!task) return { task: null, closedBecause: 'deleted' };
  if (!isMember) return { task: null, closedBecause: 'left_space' };
  return task.is_open ? { task } : { task: null, closedBecause: 'closed' };
}

/** The farthest that a zone and an hour move the reminder of a day. */
const daySlack_ms = 48 * 3_600_000;

/** The log is asked only about tasks of which something may lie in the past already. */
async function changeTimes(
  change: Change,
  tasks: ReadonlyMap<string, PlannedTask>,
  rows: readonly ReminderRow[],
  around: { owners: ReadonlyMap<string, ReminderOwner>; previous: readonly ReminderRow[] },
): Promise<ReadonlyMap<string, string>> {
  const { owners, previous } = around;
  const asked = new Set<string>();
  for (const row of rows) {
    const task = tasks.get(row.task_id);
    const owner = owners.get(row.user_id);
    const moment = task && owner ? momentOf(row, task, owner) : null;
    if (moment !== null && isBefore(moment, change.now)) asked.add(row.task_id);
  }
  const defaults = [...owners.values()].map((owner) => owner.default_reminder_minutes ?? 0);
  const offsetMax = Math.max(0, ...defaults, ...previous.map((row) => row.offset_minutes ?? 0));
  for (const { id, due_at, due_on } of tasks.values()) {
    const due_ms = due_at !== null ? Date.parse(due_at) : due_on !== null ? Date.parse(due_on) - daySlack_ms : null;
    if (due_ms !== null && due_ms - offsetMax * 60_000 < Date.parse(change.now)) asked.add(id);
  }
  return asked.size === 0 ? new Map() : decidingChanges(change, [...asked]);
}
