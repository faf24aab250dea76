/** A short form of what the benchmark does for half a minute: many clients write at once, and then everything must be true. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachEmbeddedPostgres } from '../packages/server/src/adapters/embedded-postgres/attach.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { type Client, signUp } from './people.ts';
import { faultsOfLog, runWriters } from './writers.ts';

const clientsCount = 20;
const spacesCount = 5;
const duration_ms = 3000;

const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

let program: Program;
let clients: Client[];

beforeAll(async () => {
  program = await startProgram({ env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } });
  clients = [];
  for (let index = 0; index < clientsCount; index++) clients.push(await signUp(program.url, `Writer${index}`));
});
afterAll(() => program?.stop());

async function sharedSpace(members: readonly Client[]): Promise<string> {
  const [owner, ...others] = members as [Client, ...Client[]];
  const { id } = await owner.must<{ id: string }>('POST', '/api/v1/spaces', { name: 'Together' });
  const invitation = await owner.must<{ token: string }>('POST', `/api/v1/spaces/${id}/invitations`, {
    role: 'editor',
    uses_max: clientsCount,
  });
  for (const other of others) await other.must('POST', `/api/v1/invitations/${invitation.token}/accept`);
  return id;
}

test('twenty clients write in one space and in five: nothing is refused, lost, or out of order', {
  timeout: 60_000,
}, async () => {
  const one = await sharedSpace(clients);
  const inOne = await runWriters({ clients, spaceOf: () => one, duration_ms });
  const groups = Array.from({ length: spacesCount }, (_, group) =>
    clients.filter((_client, index) => index % spacesCount === group),
  );
  const many = await Promise.all(groups.map(sharedSpace));
  const inMany = await runWriters({ clients, spaceOf: (client) => many[client % spacesCount] as string, duration_ms });
  for (const result of [inOne, inMany]) {
    expect(result.changes).toBeGreaterThan(0);
    expect({ refused: result.refused, lost: result.lostUpdates }).toEqual({ refused: 0, lost: [] });
  }
  // Conflicts must have happened, or the search for lost updates looked at nothing.
  expect(inOne.conflicts).toBeGreaterThan(0);
  const postgres = await attachEmbeddedPostgres({ folder: program.dataFolder, log: silentLog });
  try {
    expect(await faultsOfLog(postgres.ownerUrl)).toEqual([]);
  } finally {
    await postgres.stop();
  }
});
