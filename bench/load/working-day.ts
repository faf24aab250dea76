/**
 * People at work, in a process of their own: each has a socket open on which the changes come, and now and then asks for something. When
 * a request is due is drawn beforehand and does not wait for the answers of others; its time counts from the moment at which it was due, so that a
 * server that is late for one is late for all that follow.
 */
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { randomFrom } from '../data/words.ts';
import { answerAsks } from '../frame/own-process.ts';
import { type Measured, percentile, summarise } from '../frame/rounds.ts';

export interface Worker {
  bearer: string;
}

export interface DayPlan {
  duration_ms: number;
  /** How often one person asks for something. */
  secondsBetween: number;
  /** For the first so many seconds of each period all are so many times as busy. */
  burst: { period_s: number; length_s: number; times: number };
  seed: number;
}

export interface Day {
  /** Of all requests. */
  all: Measured;
  byKind: Record<Kind, { requests: number; p95: number }>;
  /** What came instead of an answer of 2xx, the first ones. */
  errors: string[];
  errorCount: number;
  /** Changes that sockets were told. */
  told: number;
  /** The largest number of requests within one second. */
  busiestSecond: number;
}

type Kind = 'read' | 'write' | 'search';
interface Wish {
  kind: Kind;
  method: string;
  path: string;
  body?: unknown;
}

/** Of a hundred requests; the rest are reads. */
const writes = 25;
const searches = 5;
const errorsKeptMax = 10;
const socketsAtOnce = 25;
const requestMax_ms = 30_000;
/** Words that stand in the tasks of many people. */
const wordsSearched = ['call', 'report', 'plan', 'invoice', 'meet'];

let url = '';
let workers: Worker[] = [];
let sockets: WebSocket[] = [];
/** Tasks that each person has seen, to look at and to change. */
let known: string[][] = [];
let told = 0;
let agent = new Agent();

const asks = {
  /** Signs everybody on: a socket each, where there are such, and the tasks they have. */
  async open(given: { url: string; workers: Worker[]; bare: boolean }): Promise<void> {
    ({ url, workers } = given);
    known = workers.map(() => []);
    sockets = [];
    agent = new Agent({ keepAlive: true, maxFreeSockets: workers.length });
    if (given.bare) return;
    let next = 0;
    const openSome = async () => {
      for (let place = next++; place < workers.length; place = next++) {
        const worker = workers[place] as Worker;
        sockets[place] = await openSocket(worker);
        const { text } = await ask(worker, 'GET', '/api/v1/tasks?limit=20&status=todo');
        known[place] = (JSON.parse(text) as { items: { id: string }[] }).items.map(({ id }) => id);
      }
    };
    await Promise.all(Array.from({ length: socketsAtOnce }, openSome));
  },

  async work(plan: DayPlan): Promise<Day> {
    told = 0;
    const random = randomFrom(plan.seed);
    const dues = momentsOf(plan, workers.length, random);
    const latencies: Record<Kind, number[]> = { read: [], write: [], search: [] };
    const errors: string[] = [];
    let errorCount = 0;
    const started = performance.now();
    const inHand = dues.map(async (due_ms) => {
      const place = Math.floor(random() * workers.length);
      const draw = random();
      await sleep(Math.max(0, started + due_ms - performance.now()));
      const wish = wishOf(place, draw);
      const problem = await fulfil(place, wish).catch((error: Error) => error.message);
      latencies[wish.kind].push(performance.now() - started - due_ms);
      if (problem === null) return;
      errorCount += 1;
      if (errors.length < errorsKeptMax) errors.push(`${wish.method} ${wish.path}: ${problem}`);
    });
    await Promise.all(inHand);
    const all = summarise(Object.values(latencies).flat(), plan.duration_ms);
    const byKind = Object.fromEntries(
      Object.entries(latencies).map(([kind, times]) => {
        times.sort((a, b) => a - b);
        return [kind, { requests: times.length, p95: percentile(times, 0.95) }];
      }),
    ) as Day['byKind'];
    return { all, byKind, errors, errorCount, told, busiestSecond: busiestOf(dues) };
  },

  async close(): Promise<void> {
    for (const socket of sockets) socket.terminate();
    agent.destroy();
  },
};

/** When requests are due, in milliseconds from the start: independent of each other, and more often in a burst. */
function momentsOf({ duration_ms, secondsBetween, burst }: DayPlan, people: number, random: () => number): number[] {
  const calm_ms = (secondsBetween * 1000) / people;
  const moments: number[] = [];
  for (let at = 0; ; ) {
    const isBurst = (at / 1000) % burst.period_s < burst.length_s;
    at += -Math.log(1 - random()) * (isBurst ? calm_ms / burst.times : calm_ms);
    if (at >= duration_ms) return moments;
    moments.push(at);
  }
}

function busiestOf(moments: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const at of moments) counts.set(Math.floor(at / 1000), (counts.get(Math.floor(at / 1000)) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** What a person wants, by a number from 0 to 1. */
function wishOf(place: number, draw: number): Wish {
  const percent = draw * 100;
  const ids = known[place] ?? [];
  const id = ids[Math.floor(draw * 7919) % Math.max(1, ids.length)];
  if (percent < searches) {
    const word = wordsSearched[Math.floor(percent) % wordsSearched.length];
    return { kind: 'search', method: 'GET', path: `/api/v1/tasks?search=${word}&limit=20` };
  }
  if (percent < searches + writes) return writeOf((percent - searches) / writes, id);
  return readOf((percent - searches - writes) / (100 - searches - writes), id);
}

/** Half are new tasks, the others changes and completions of tasks that are there. */
function writeOf(share: number, id: string | undefined): Wish {
  if (share < 0.5 || id === undefined) {
    const title = 'Write the report';
    return { kind: 'write', method: 'POST', path: '/api/v1/tasks', body: { title, priority: 'high' } };
  }
  if (share < 0.8) {
    return { kind: 'write', method: 'PATCH', path: `/api/v1/tasks/${id}`, body: { notes: `${share} of it is done` } };
  }
  return { kind: 'write', method: 'POST', path: `/api/v1/tasks/${id}/complete`, body: {} };
}

/** What the pages ask for: lists first of all, a task, the inbox of notifications, what was missed, who one is. */
function readOf(share: number, id: string | undefined): Wish {
  const paths = [
    '/api/v1/tasks?status=todo&limit=50&sort=due_date_asc',
    '/api/v1/tasks?overdue=true&limit=50',
    '/api/v1/tasks?priority=high&limit=50',
    ...(id === undefined ? [] : [`/api/v1/tasks/${id}`, `/api/v1/tasks/${id}/history`]),
    '/api/v1/notifications?unread=true',
    '/api/v1/sync?since=1&limit=50',
    '/api/v1/lists',
    '/api/v1/me',
  ];
  return { kind: 'read', method: 'GET', path: paths[Math.floor(share * paths.length)] ?? '/api/v1/me' };
}

/** Answers what went wrong, or null. */
async function fulfil(place: number, { method, path, body }: Wish): Promise<string | null> {
  const { status, text } = await ask(workers[place] as Worker, method, path, body);
  if (status < 200 || status >= 300) return `${status} ${text.slice(0, 200)}`;
  if (method === 'POST' && path === '/api/v1/tasks') known[place]?.push((JSON.parse(text) as { id: string }).id ?? '');
  return null;
}

function ask(
  { bearer }: Worker,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${bearer}`,
    ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
  };
  const request = httpRequest(`${url}${path}`, { method, headers, agent, timeout: requestMax_ms }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    answer.on('error', reject);
  });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${requestMax_ms} ms`)));
  request.on('error', reject);
  request.end(sent);
  return promise;
}

async function openSocket({ bearer }: Worker): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/sync/ws`, {
    perMessageDeflate: false,
    headers: { authorization: `Bearer ${bearer}` },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', cursors: {} })));
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1', 0, 40);
    if (text.startsWith('{"type":"change"')) told += 1;
    if (text.startsWith('{"type":"current"') || text.startsWith('{"type":"resync"')) resolve();
  });
  await promise;
  return socket;
}

export type WorkingDay = typeof asks;

answerAsks(asks);
