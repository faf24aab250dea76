/** The yardstick of reading: the SQL of the program's own answer, as the person and in one round trip, with nothing around it. */
import { beginAs } from '../../packages/server/src/store/database.ts';
import type { Statement } from '../../packages/server/src/store/task-queries.ts';
import { answerAsks } from '../frame/own-process.ts';
import type { Measured } from '../frame/rounds.ts';
import { type BareConnection, keepBusy, openConnections } from './database-loop.ts';

/** What one person asks, as the statements that answer it. */
export interface Question {
  personId: string;
  statements: Statement[];
}

let connections: BareConnection[] = [];
let questions: readonly Question[] = [];

const asks = {
  async open(given: { appUrl: string; connections: number; questions: Question[] }): Promise<void> {
    connections = await openConnections(given.appUrl, given.connections);
    questions = given.questions;
  },

  /** Each connection asks one question after the other, beginning at its own. */
  run: ({ duration_ms, connections: count }: { duration_ms: number; connections: number }): Promise<Measured> =>
    keepBusy(connections.slice(0, count), duration_ms, async ({ client, sql }, index, turn) => {
      const question = questions[(index + turn * count) % questions.length] as Question;
      await Promise.all([
        client.query(beginAs(question.personId, 'read only')),
        ...question.statements.map(({ text, values }) => sql.dynamicRows(text, values)),
        client.query('commit'),
      ]);
    }),
};

export type BareQuestions = typeof asks;

answerAsks(asks);
