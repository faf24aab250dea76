/**
 * docs/operations/engines.md as an operator follows it: each file of it is written, each command typed and each print compared, in
 * order, with real processes, brokers and sidecars, while people write. After each section nothing is lost and nothing doubled.
 */
import { cpSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventTypes } from '@daymark/core/contract/event.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareDapr } from '../tools/engines/dapr-program.ts';
import { enginesFolder } from '../tools/engines/engines-folder.ts';
import type { Kafka } from '../tools/engines/kafka.ts';
import { startKafka, startRegistry } from '../tools/engines/kit.ts';
import { freePorts } from '../tools/engines/loopback.ts';
import { type DatabaseServer, startDatabaseServer } from './chaos/database-server.ts';
import { filingFacts, reminderFacts, seriesFacts, unsentReasons, unsettled } from './chaos/ledger-facts.ts';
import { runReconcile } from './chaos/reconcile.ts';
import { type Sink, startSink } from './chaos/sink.ts';
import { programEnv, reminderOf } from './chaos/stage.ts';
import { type Front, startFront } from './harness/front.ts';
import { type Machine, openMachine } from './operations/machine.ts';
import { isPrinted, portsOf, readPage, type Section, type Step } from './operations/page.ts';
import { type PeopleAtWork, putPeopleToWork } from './operations/people-at-work.ts';
import { missingInTopic } from './operations/topic-ids.ts';

const markdown = readFileSync(fileURLToPath(new URL('../docs/operations/engines.md', import.meta.url)), 'utf8');
const sections = readPage(markdown);
const checking = sections.find(({ title }) => title === 'Check');

/** The page says to ask again where something takes a while. */
const printedWithin_ms = 120_000;
/** More than the 30 s after which an event is taken from the log. */
const settled = { timeout: 120_000, interval: 1_000 };
const password = 'kept in a file';

let folder: string;
let database: DatabaseServer;
let sink: Sink;
let kafka: Kafka;
let secondKafka: Kafka;
let front: Front;
let machine: Machine;
let people: PeopleAtWork;
let servingPorts: readonly number[] = [];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-engines-doc-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  database = await startDatabaseServer({ folder: join(folder, 'database'), say: () => {} });
  ends.push(() => database.stop());
  sink = await startSink({ subjectOf: reminderOf });
  ends.push(() => sink.stop());
  front = await startFront(() => servingPorts);
  ends.push(() => front.stop());
  kafka = await startKafka({ folder: join(folder, 'kafka') });
  ends.push(() => kafka.stop());
  secondKafka = await startKafka({ folder: join(folder, 'kafka-2'), accounts: { daymark: password } });
  ends.push(() => secondKafka.stop());
  const registry = await startRegistry({ folder: join(folder, 'registry') });
  ends.push(() => registry.stop());
  const { daprd } = await prepareDapr(enginesFolder(), (line) => process.stderr.write(`${line}\n`));
  const ports = portsOf(markdown);
  const own = await freePorts(ports.length);
  machine = await openMachine({
    folder,
    programEnv,
    names: {
      'postgres://daymark:password@db.example.org:5432/daymark': database.ownerUrl,
      'https://tasks.example.org': front.url,
      'kafka.example.org:9092': kafka.brokers,
      'kafka-2.example.org:9094': secondKafka.secure?.saslTls ?? '',
      'http://registry.example.org:8081': registry.url,
      '/usr/local/bin/daprd': daprd,
      ...Object.fromEntries(ports.map((port, at) => [`${port}`, `${own[at]}`])),
    },
  });
  ends.push(() => machine.stop());
  await mkdir(machine.translate('/etc/daymark'), { recursive: true });
  cpSync(secondKafka.secure?.certificates.authority ?? '', machine.translate('/etc/daymark/kafka-ca.pem'));
  await writeFile(machine.translate('/etc/daymark/kafka-password'), password);
});
afterAll(async () => {
  await people?.stop().catch(() => {});
  for (let end = ends.pop(); end; end = ends.pop()) await end();
});

async function follow(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'file') await machine.write(step.path, step.text);
    else if (step.kind === 'typed') await type(step);
    else if (step.kind === 'check') await follow(checking?.steps ?? []);
    else
      servingPorts = [...machine.translate(step.text).matchAll(/server \S+:(\d+);/g)].map(([, port]) => Number(port));
  }
}

/** Types it, and again where it does not yet print what the page shows. */
async function type({ text, prints }: Step & { kind: 'typed' }): Promise<void> {
  for (const end = performance.now() + printedWithin_ms; ; await sleep(1_000)) {
    const typed = await machine.type(text);
    if (typed.code !== 0) throw new Error(`ended with ${typed.code}:\n${text}\n${typed.stdout}\n${typed.stderr}`);
    if (prints === null || isPrinted(machine.translate(prints), typed.stdout)) return;
    if (performance.now() > end) expect(`${text}${typed.stdout}`).toBe(`${text}${prints}`);
  }
}

const count = async (text: string, values: unknown[] = []): Promise<number> =>
  (await database.rows<{ count: number }>(text, values))[0]?.count ?? Number.NaN;

/** Of what was written before now, everything is there and in the audit log once. */
async function expectNothingMissing(): Promise<void> {
  const { tasks, completed } = people.sofar();
  const now = (await database.rows<{ now: string }>('select now()::text as now'))[0]?.now;
  expect(tasks.length).toBeGreaterThan(0);
  expect(await count('select count(*)::int as count from tasks where id = any($1)', [tasks])).toBe(tasks.length);
  const done = `select count(*)::int as count from tasks where id = any($1) and status = 'completed'`;
  expect(await count(done, [completed])).toBe(completed.length);
  const notOnce = `
    select count(*)::int as count from events
    where recorded_at < $1 and (select count(*) from audit.entries filed where filed.event_id = events.event_id) <> 1`;
  await expect.poll(() => count(notOnce, [now]), settled).toBe(0);
}

/** How many events a broker or sidecar has brought to those that work, since their last start. */
async function brought(): Promise<number> {
  const pages = await Promise.all(
    ['8083', '8084'].map(async (port) => (await fetch(`http://127.0.0.1:${machine.translate(port)}/metrics`)).text()),
  );
  const samples = pages.join('\n').matchAll(/^event_arrivals_total\{[^}]*outcome="new"[^}]*\} (\d+)$/gm);
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}

const isCarried = async () => void (await expect.poll(brought, settled).toBeGreaterThan(0));

/** Whoever reads the second broker finds each event that was committed before now. */
async function isWholeOnSecondBroker(): Promise<void> {
  const ids = await database.rows<{ id: string }>(
    `select event_id as id from events where event_type = any($1) and recorded_at < now() - interval '2 s'`,
    [eventTypes['task-events']],
  );
  const options = { ids: ids.map(({ id }) => id), within_ms: 60_000 };
  expect(ids.length).toBeGreaterThan(0);
  expect(await missingInTopic(secondKafka.brokers, 'task-events', options)).toEqual([]);
}

/** What is true after a section, beside what the page itself says. */
const after: Record<string, () => Promise<void>> = {
  async 'Several processes'() {
    people = await putPeopleToWork(front.url, sink.url);
    await expect.poll(() => people.sofar().tasks.length, settled).toBeGreaterThan(3);
  },
  'From PostgreSQL to Kafka': isCarried,
  'Add a schema registry': isCarried,
  async 'To a new or emptied broker'() {
    await isCarried();
    await isWholeOnSecondBroker();
  },
  'From Kafka to Dapr': isCarried,
  async 'From Dapr to PostgreSQL'() {
    expect(await brought()).toBe(0);
  },
  async 'Going back'() {
    await isCarried();
    await isWholeOnSecondBroker();
  },
};

describe('each section does what it says, and nothing is lost or doubled by it', { timeout: 900_000 }, () => {
  const toFollow = sections.filter(({ steps }) => steps.length > 0);

  test.each(toFollow)('$title', async ({ title, steps }: Section) => {
    await follow(steps);
    await after[title]?.();
    await expectNothingMissing();
  });

  test('every expectation belongs to a section of the page', () => {
    expect(toFollow.map(({ title }) => title)).toEqual(expect.arrayContaining(Object.keys(after)));
  });

  test('in the end each write is there, each event filed once, each reminder told once, each series whole', async () => {
    const { reminders, series } = await people.stop();
    const nothing = { booked: 0, sending: 0, advancing: 0, checks: 0, behind: 0 };
    const left = async () => ({ ...(await unsettled(database)), unsent: await unsentReasons(database) });
    await expect.poll(left, settled).toEqual({ ...nothing, unsent: [] });
    expect(machine.errors()).toEqual([]);

    const secret = /^DAYMARK_SECRET=(.*)$/m.exec(readFileSync(machine.translate('/etc/daymark/secrets.env'), 'utf8'));
    const env = { DATABASE_URL: database.ownerUrl, DAYMARK_SECRET: secret?.[1] ?? '' };
    const reconciled = await runReconcile(env);
    expect(reconciled).toEqual({ code: 0, findings: [], line: expect.stringMatching(/ lost 0 · duplicate 0$/) });

    const filing = await filingFacts(database);
    expect(filing).toEqual({ events: filing.events, filed: filing.events, outOfOrder: 0, deadLetters: 0 });

    expect(reminders.length).toBeGreaterThan(0);
    const facts = await reminderFacts(database);
    expect(facts.filter(({ notifications }) => notifications !== 1)).toEqual([]);
    expect(facts.map(({ id }) => id).sort()).toEqual([...reminders].sort());
    const told = [...sink.received.values()].map(({ subject }) => subject);
    expect(told.sort()).toEqual([...reminders].sort());

    const known = await seriesFacts(database);
    expect(series.map(({ completions }) => completions > 0)).toEqual([true, true]);
    for (const { seriesId, completions } of series) {
      expect(known.find(({ id }) => id === seriesId)).toEqual({
        ...{ id: seriesId, instances: completions + 1, completed: completions },
        ...{ numbers: completions + 1, highest: completions + 1 },
      });
    }
  });
});
