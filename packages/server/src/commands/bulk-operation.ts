/** One operation of a bulk request: read by the schema of its verb, told what it needs, and done in the sheet. */
import { Problem } from '@daymark/core/contract/problem.ts';
import { type BulkOperation, type Task, TaskChange, TaskComplete, TaskCreate } from '@daymark/core/contract/task.ts';
import type { z } from 'zod';
import { validationProblem } from '../kit/http/validation.ts';
import { applyCancel } from './cancel-task.ts';
import { applyComplete } from './complete-task.ts';
import { addTask, needsOfNew, remindsOwn } from './create-task.ts';
import { applyDelete } from './delete-task.ts';
import { requireVersion } from './expected-version.ts';
import { applyReopen } from './reopen-task.ts';
import { applyRestore } from './restore-task.ts';
import type { SheetNeeds } from './stored-sheet.ts';
import type { TaskSheet } from './task-sheet.ts';
import { applyTrash } from './trash-task.ts';
import { applyUpdate, needsOfUpdate } from './update-task.ts';

/** What an operation is answered: the status and body of the request that does it alone. */
export interface BulkResult {
  readonly status: number;
  readonly body: unknown;
}

/** An operation that was read: valid by itself, not yet known to be possible. */
export type ReadOperation = {
  /** The task it is about; for a create the id that the client gave. */
  readonly id: string | undefined;
  /** For a create: what it asks for. */
  readonly create: TaskCreate | undefined;
  readonly needs: Partial<SheetNeeds>;
  /** Whether it sets the caller's reminders. */
  readonly remindsOwn: boolean;
  /** Does it in the space, which is where the task is, or where a new one goes. */
  readonly run: (sheet: TaskSheet, spaceId: string) => BulkResult;
};

/** Reads an operation. Throws Problem `validation_failed`. */
export function readOperation(operation: BulkOperation): ReadOperation {
  if (operation.op === 'create') return readCreate(operation);
  const { id } = operation;
  if (id === undefined) throw invalid('id', 'names the task');
  const verb = readVerb(operation, id);
  const run = (sheet: TaskSheet): BulkResult => {
    const task = sheet.task(id);
    sheet.requireEditor(task.space_id);
    requireVersion(sheet.reminders.shown(task), operation.if_match);
    const body = verb.apply(sheet, task);
    return { status: body === null ? 204 : 200, body };
  };
  return { id, create: undefined, needs: verb.needs, remindsOwn: verb.remindsOwn ?? false, run };
}

function readCreate(operation: BulkOperation): ReadOperation {
  const { id, ...rest } = operation.body ?? {};
  if (operation.if_match !== undefined) throw invalid('if_match', 'what is new has no version');
  if (id !== undefined && operation.id !== undefined && id !== operation.id)
    throw invalid('id', 'differs from the body');
  const named = id ?? operation.id;
  const create = parse(TaskCreate, named === undefined ? rest : { ...rest, id: named });
  const run = (sheet: TaskSheet, spaceId: string) => ({ status: 201, body: addTask(sheet, spaceId, create) });
  return { id: create.id, create, needs: needsOfNew(create), remindsOwn: remindsOwn(create), run };
}

interface Verb {
  readonly needs: Partial<SheetNeeds>;
  readonly remindsOwn?: boolean;
  readonly apply: (sheet: TaskSheet, task: Task) => unknown;
}

const plainVerbs = {
  reopen: applyReopen,
  cancel: applyCancel,
  trash: applyTrash,
  restore: applyRestore,
  delete: applyDelete,
};

function readVerb(operation: BulkOperation, id: string): Verb {
  if (operation.op === 'update') {
    const body = parse(TaskChange, operation.body ?? {});
    return {
      needs: { tasks: [id], ...needsOfUpdate(id, body) },
      remindsOwn: remindsOwn(body),
      apply: (sheet, task) => applyUpdate(sheet, task, body),
    };
  }
  if (operation.op === 'complete') {
    const { completed_at } = parse(TaskComplete, operation.body ?? {});
    return { needs: { withBelow: [id] }, apply: (sheet, task) => applyComplete(sheet, task, completed_at) };
  }
  if (operation.op === 'create') throw new Error('a create is no verb on a task');
  if (operation.body && Object.keys(operation.body).length > 0) throw invalid('body', 'this operation takes none');
  return { needs: { withBelow: [id], instances: operation.op === 'reopen' }, apply: plainVerbs[operation.op] };
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw validationProblem(result.error);
  return result.data;
}

const invalid = (path: string, message: string): Problem =>
  new Problem('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
