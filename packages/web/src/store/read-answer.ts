/** What the answer to a mutation says about tasks: their new state, and which are gone. */
import type { Task } from './entities.ts';
import type { Operation } from './operations.ts';

export type Answered = {
  tasks: Task[];
  gone: string[];
  problem: { status: number; code: string; detail: string } | null;
};

type BulkResult = { status: number; body: unknown };

const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && 'id' in value && 'title' in value && 'version' in value;

/** Tasks in an answer: the task itself, or `{task, next}` of completing. */
function tasksIn(value: unknown): Task[] {
  if (isTask(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter(isTask);
}

/** Reads a single answer or the results of a bulk. In an atomic bulk the one failure is the problem of all. */
export function readAnswer(operations: readonly Operation[], answer: unknown): Answered {
  const results = (answer as { results?: BulkResult[] } | undefined)?.results;
  const gone = operations.flatMap((operation) => (operation.op === 'task.delete' ? [operation.id] : []));
  if (!results) return { tasks: tasksIn(answer), gone, problem: null };
  const failed = results.find((result) => result.status >= 400 && result.status !== 424);
  if (failed) {
    const body = failed.body as { code?: string; detail?: string; title?: string };
    return {
      tasks: [],
      gone: [],
      problem: { status: failed.status, code: body.code ?? '', detail: body.detail ?? body.title ?? '' },
    };
  }
  return { tasks: results.flatMap((result) => tasksIn(result.body)), gone, problem: null };
}
