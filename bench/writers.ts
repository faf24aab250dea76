/** Many people who write at once, in one space and in many, and whether everything is as it must be afterwards. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Client } from '../e2e/people.ts';
import { faultsOfLog, runWriters, type WritersResult } from '../e2e/writers.ts';
import { listColumns } from '../packages/server/src/store/lists.ts';
import { presentTask, type TaskRow, taskColumns } from '../packages/server/src/store/tasks.ts';
import { settle } from './frame/processes.ts';
import { atLeast, type Bench, below, latency, short } from './frame/report.ts';
import { percentile } from './frame/rounds.ts';
import { openWorld, type World } from './frame/world.ts';

const long = { clients: 200, spaces: 50, duration_ms: 30_000 };
const quickly = { clients: 20, spaces: 5, duration_ms: 2000 };
const perSecondMin = 200;
const p99Max_ms = 2000;
const cli = fileURLToPath(new URL('../packages/server/src/cli.ts', import.meta.url));

export const measureWriters: Bench = async ({ quick, say }) => {
  const { clients: count, spaces: spacesCount, duration_ms } = quick ? quickly : long;
  const world = await openWorld();
  try {
    say(`signing up ${count} people`);
    const clients = await world.people(count);
    const [shared, ...spaces] = await sharedSpaces(clients, spacesCount);
    say(`${count} people write in one space`);
    const inOne = await runWriters({ clients, spaceOf: () => shared as string, duration_ms });
    await settle(world.program);
    say(`${count} people write in ${spacesCount} spaces`);
    const inMany = await runWriters({
      clients,
      spaceOf: (client) => spaces[client % spacesCount] as string,
      duration_ms,
    });
    await settle(world.program);
    say('looking what is true');
    const faults = [
      ...refusals('in one space', inOne),
      ...refusals(`in ${spacesCount} spaces`, inMany),
      ...(await faultsOfLog(world.urls.owner)),
      ...(await faultsOfChain(world)),
      ...(await faultsOfSync(world, clients, [shared as string, ...spaces])),
    ];
    return {
      figures: [
        [`${count} clients in one space`, figure(inOne)],
        [`${count} clients in ${spacesCount} spaces`, figure(inMany)],
        ['checked', 'refusals, lost updates, the log, its hash chain, sync from 0 against the tables'],
      ],
      targets: [
        atLeast('changes in one space', inOne.perSecond, perSecondMin, '/s'),
        below('p99 in one space', percentile(inOne.latencies, 0.99), p99Max_ms, ' ms'),
      ],
      faults,
    };
  } finally {
    await world.close();
  }
};

function figure({ perSecond, latencies, conflicts }: WritersResult): string {
  const [p50 = 0, p95 = 0, p99 = 0] = [0.5, 0.95, 0.99].map((share) => percentile(latencies, share));
  return `${short(perSecond)} changes/s, ${latency({ p50, p95, p99 })}, ${conflicts} conflicts`;
}

const refusals = (where: string, { refused, lostUpdates }: WritersResult): string[] => [
  ...(refused > 0 ? [`${refused} writes were refused ${where}`] : []),
  ...lostUpdates.map((lost) => `an update was lost ${where}: ${lost}`),
];

/** One space that everybody is in, then the others, each with the people that write in it. */
async function sharedSpaces(clients: readonly Client[], count: number): Promise<string[]> {
  const all = await makeSpace(clients[0] as Client, clients.slice(1));
  const others = Array.from({ length: count }, (_, place) => {
    const [owner, ...editors] = clients.filter((_client, index) => index % count === place);
    return makeSpace(owner as Client, editors);
  });
  return [all, ...(await Promise.all(others))];
}

async function makeSpace(owner: Client, editors: readonly Client[]): Promise<string> {
  const { id } = await owner.must<{ id: string }>('POST', '/api/v1/spaces', { name: 'Writers' });
  for (const editor of editors) {
    const invitation = await owner.must<{ token: string }>('POST', `/api/v1/spaces/${id}/invitations`, {
      role: 'editor',
    });
    await editor.must('POST', `/api/v1/invitations/${invitation.token}/accept`);
  }
  return id;
}

/** What `daymark audit verify` says when it is not content. */
async function faultsOfChain({ program }: World): Promise<string[]> {
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME, DAYMARK_DATA: program.dataFolder };
  try {
    await promisify(execFile)(process.execPath, [cli, 'audit', 'verify'], { env: environment });
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return [`audit verify: ${stdout}${stderr}`.trim()];
  }
}

interface Synced {
  version: number;
  changes: { entity: string; id: string; data: Record<string, unknown> | null }[];
  complete: boolean;
  cursor: string | null;
}

/** For two members of each space: what `GET /sync?since=0` brings, against the rows of the tables. */
async function faultsOfSync(
  { owner }: World,
  clients: readonly Client[],
  spaces: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const [place, spaceId] of spaces.entries()) {
    const tasks = await owner.sql.rows<TaskRow>(`select ${taskColumns} from tasks where space_id = $1`, [spaceId]);
    const lists = await owner.sql.rows<{ id: string }>(`select ${listColumns} from lists where space_id = $1`, [
      spaceId,
    ]);
    const wanted = new Map(
      [...tasks.map(presentTask), ...lists].map((entity) => [entity.id, JSON.stringify(sortedKeys(entity))]),
    );
    // The first space is everybody's; the others are those of the clients whose number falls to them.
    const members = place === 0 ? clients : clients.filter((_, index) => index % (spaces.length - 1) === place - 1);
    for (const member of [members[0], members.at(-1)]) {
      const found = await syncedFrom0(member as Client, spaceId);
      for (const [id, text] of wanted)
        if (found.get(id) !== text) faults.push(`sync shows ${id} otherwise than its table`);
      for (const id of found.keys()) if (!wanted.has(id)) faults.push(`sync shows ${id}, which is in no table`);
    }
  }
  return faults;
}

async function syncedFrom0(client: Client, spaceId: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let query = 'since=0'; ; ) {
    const answer = await client.must<Synced>('GET', `/api/v1/sync?space_id=${spaceId}&${query}`);
    for (const { entity, id, data } of answer.changes) {
      if (entity === 'task' || entity === 'list') found.set(id, JSON.stringify(sortedKeys(data ?? {})));
    }
    if (answer.complete) return found;
    query = answer.cursor === null ? `since=${answer.version}` : `cursor=${encodeURIComponent(answer.cursor)}`;
  }
}

const sortedKeys = (entity: object): object =>
  Object.fromEntries(Object.entries(entity).sort(([a], [b]) => (a < b ? -1 : 1)));
