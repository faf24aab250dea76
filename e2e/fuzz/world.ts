/**
 * Things that exist, for requests that are to succeed: an operation on a task needs a task. Whatever an operation uses up
 * is made anew.
 */
import { createECDH, randomBytes, randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Client } from '../people.ts';
import type { Operation } from './operations.ts';

type Maker = (client: Client, spaceId: string) => Promise<string>;

const idOf = (body: unknown): string => (body as { id: string }).id;
const unique = () => randomUUIDv7().slice(-12);

/** How to make one of each kind; the kind is the first word of the path. */
const makers: Record<string, Maker> = {
  tasks: async (client, space_id) =>
    idOf(await client.must('POST', '/api/v1/tasks', { title: `Task ${unique()}`, space_id })),
  lists: async (client, space_id) =>
    idOf(await client.must('POST', '/api/v1/lists', { name: `List ${unique()}`, space_id })),
  tags: async (client, space_id) =>
    idOf(await client.must('POST', '/api/v1/tags', { name: `tag ${unique()}`, space_id })),
  tokens: async (client) =>
    idOf(await client.must('POST', '/api/v1/tokens', { name: 'fuzz', scopes: ['tasks:read'], expires_at: null })),
  events: async (client, spaceId) => {
    const task = await makers.tasks?.(client, spaceId);
    const history = await client.must<{ items: { event_id: string }[] }>('GET', `/api/v1/tasks/${task}/history`);
    return history.items[0]?.event_id ?? '';
  },
};

makers.series = async (client, space_id) => {
  const body = { title: `Task ${unique()}`, space_id, due_on: '2030-01-01', recurrence: { pattern_type: 'daily' } };
  return (await client.must<{ series_id: string }>('POST', '/api/v1/tasks', body)).series_id;
};
makers.invitations = async (client, spaceId) =>
  idOf(await client.must('POST', `/api/v1/spaces/${spaceId}/invitations`, { role: 'viewer' }));

/** An instance of a series that is not closed yet. */
makers.repeating = async (client, space_id) => {
  const body = { title: `Task ${unique()}`, space_id, due_on: '2030-01-01', recurrence: { pattern_type: 'daily' } };
  return idOf(await client.must('POST', '/api/v1/tasks', body));
};
makers.webhooks = async (client) =>
  idOf(await client.must('POST', '/api/v1/webhooks', { name: 'fuzz', url: 'https://example.org/hook' }));
makers['push-subscriptions'] = async (client) =>
  idOf(await client.must('POST', '/api/v1/push-subscriptions', { endpoint: pushEndpoint(), keys: pushKeys() }));

const pushEndpoint = () => `https://push.example.org/${unique()}`;
/** What a browser would give: a point of the curve, and 16 bytes. */
const pushKeys = () => ({
  p256dh: createECDH('prime256v1').generateKeys('base64url'),
  auth: randomBytes(16).toString('base64url'),
});

/** One that is there; else a task reminds in a moment. */
makers.notifications = async (client, space_id) => {
  const find = async () => {
    const { items } = await client.must<{ items: { id: string }[] }>('GET', '/api/v1/notifications');
    return items[Math.floor(Math.random() * items.length)]?.id;
  };
  const found = await find();
  if (found !== undefined) return found;
  // Another request may have set quiet hours, or turned the channel off.
  await client.must('PATCH', '/api/v1/me', { quiet_hours: null, channels: { in_app: true } });
  const at = (ms: number) => ({ at: new Date(Date.now() + ms).toISOString() });
  const reminders = Array.from({ length: 20 }, (_, place) => at(3000 + place));
  await client.must('POST', '/api/v1/tasks', { title: `Task ${unique()}`, space_id, reminders });
  for (let look = 0; look < 300; look++) {
    const id = await find();
    if (id !== undefined) return id;
    await sleep(100);
  }
  throw new Error('a reminder has not reminded');
};

const poolMax = 40;

export interface World {
  /** An id of the kind; a new one when `fresh`. */
  id(kind: string, fresh?: boolean): Promise<string>;
  /** Somebody else who is a member of the space at this moment. */
  memberId(): Promise<string>;
  spaceId: string;
  client: Client;
}

/** `other` joins the space whenever a member is wanted. */
export function openWorld(client: Client, other: Client, spaceId: string): World {
  const pools = new Map<string, string[]>();
  let turn = 0;
  return {
    client,
    spaceId,
    async memberId() {
      const { items } = await client.must<{ items: { user_id: string }[] }>('GET', `/api/v1/spaces/${spaceId}/members`);
      if (!items.some((member) => member.user_id === other.userId)) {
        const invitation = await client.must<{ token: string }>('POST', `/api/v1/spaces/${spaceId}/invitations`, {});
        await other.must('POST', `/api/v1/invitations/${invitation.token}/accept`);
      }
      return other.userId;
    },
    async id(kind, fresh = false) {
      // What is asked of a space is asked of the one that holds everything else.
      if (kind === 'spaces') return spaceId;
      const maker = makers[kind];
      if (!maker) throw new Error(`nothing is known of how to make one of ${kind}`);
      const pool = pools.get(kind) ?? [];
      pools.set(kind, pool);
      if (!fresh && pool.length >= poolMax) return pool[turn++ % pool.length] as string;
      const id = await maker(client, spaceId);
      if (!fresh) pool.push(id);
      return id;
    },
  };
}

const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland');
const tagNames = fc.array(fc.constantFrom('home', 'work', 'Wichtig', '買い物', 'errand'), { maxLength: 3 });

/** What a name means beyond its schema. */
export function hintFor(name: string): fc.Arbitrary<unknown> | undefined {
  switch (name) {
    case 'timezone':
      return zones;
    case 'position':
      return fc.constantFrom('a0', 'a1', 'Zz', 'a0V', 'b12');
    case 'tag_names':
      return tagNames;
    case 'locale':
      return fc.constantFrom('en', 'de-DE', 'zh-Hans');
    case 'expires_at':
      return fc.integer({ min: 1, max: 80 }).map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
    case 'endpoint':
      return fc.constant(null).map(pushEndpoint);
    case 'keys':
      return fc.constant(null).map(pushKeys);
    case 'url':
      return fc.constantFrom('https://example.org/hook', 'https://example.org/other');
    case 'email':
      return fc.constant(undefined);
    case 'dtstart':
      return fc.constantFrom('2026-03-01T09:00:00', '2026-03-01', '1997-09-02T09:00');
    case 'rrule':
      return fc.constantFrom(
        'FREQ=DAILY',
        'FREQ=WEEKLY;BYDAY=MO,WE',
        'FREQ=MONTHLY;BYMONTHDAY=31',
        'FREQ=YEARLY;COUNT=3',
      );
    case 'sort':
      return fc.constantFrom('priority_desc', 'due_date_asc,title_asc', 'created_desc,priority_asc');
    case 'assignee_id':
    case 'parent_id':
    case 'list_id':
    case 'space_id':
      // Filled from the world where the body is put together.
      return fc.constant(undefined);
    default:
      return undefined;
  }
}

/** The same for the query, where lists are separated by commas. */
export function queryHintFor(name: string): fc.Arbitrary<unknown> | undefined {
  switch (name) {
    case 'status':
      return fc.constantFrom('todo', 'todo,in_progress', 'completed,cancelled');
    case 'priority':
      return fc.constantFrom('high', 'medium,low', 'none', 'high,none');
    case 'tags':
      return fc.constantFrom('home', 'home,work', '買い物');
    case 'task_id':
    case 'user_id':
    case 'correlation_id':
      return fc.constant(undefined);
    default:
      return hintFor(name);
  }
}

/** Makes a body or query that follows the schema also sensible: things exist, and fields do not contradict each other. */
export async function makeSensible(
  world: World,
  operation: Operation,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const sensible = { ...input };
  for (const name of ['assignee_id', 'parent_id', 'list_id', 'space_id'])
    if (sensible[name] === undefined) delete sensible[name];
  if (sensible.due_at && sensible.due_on) delete sensible.due_on;
  if (sensible.offset !== undefined) delete sensible.cursor;
  if (operation.path.endsWith('/merge')) sensible.into = await world.id('tags');
  if (/\/tags(\/|$)/.test(operation.path) && 'name' in sensible) sensible.name = `tag ${unique()}`;
  if (operation.method === 'POST' && /\/(tasks|lists)$/.test(operation.path)) {
    sensible.space_id = world.spaceId;
    if ('id' in sensible) sensible.id = randomUUIDv7();
  }
  if (operation.path.includes('/recurrence/')) return sensibleRule(sensible);
  if (operation.path.endsWith('/notifications/test')) return { channel: 'in_app' };
  if (sensible.operations) return sensibleBulk(world, sensible);
  delete sensible.cursor;
  return sensible;
}

/** A rule by its text or in the simple form, not both, and one way to ask. */
function sensibleRule(body: Record<string, unknown>): Record<string, unknown> {
  const { dtstart, timezone, mode, completed_at, count, rrule, pattern_type, interval, after } = body;
  const isSimple = pattern_type !== undefined;
  const rule = isSimple ? { pattern_type, interval } : { rrule: rrule ?? 'FREQ=DAILY' };
  const asked = { dtstart, timezone, mode, completed_at, count, ...rule, after };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

type Operations = { op: string; id?: string; body?: Record<string, unknown> }[];

/** Operations on tasks that exist, each with a body of its own; those that fail do not keep the others from applying. */
async function sensibleBulk(world: World, bulk: Record<string, unknown>): Promise<Record<string, unknown>> {
  const operations = await Promise.all(
    (bulk.operations as Operations).map(async ({ op }) => {
      if (op === 'create') return { op, body: { title: unique(), space_id: world.spaceId } };
      const id = await world.id('tasks', op === 'delete');
      return op === 'update' ? { op, id, body: { title: unique() } } : { op, id };
    }),
  );
  return { atomic: false, operations };
}
