/** Makes, changes and deletes the webhooks of a person. */
import { randomUUIDv7 } from 'node:crypto';
import {
  type Webhook,
  type WebhookChange,
  type WebhookCreate,
  webhooksPerPersonMax,
} from '@daymark/core/contract/notification.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import type { z } from 'zod';
import type { AddressRule } from '../kit/safe-address.ts';
import { makeWebhookSecret } from '../kit/standard-webhook.ts';
import { addressInUrl } from '../kit/url-host.ts';
import { countWebhooks, deleteWebhook, findWebhook, insertWebhook, storeWebhook } from '../store/webhooks.ts';
import type { Commands, Intent } from './command.ts';
import { type ExpectedVersion, requireVersion } from './expected-version.ts';
import { findHomeSpace } from './home-space.ts';
import { runWhere } from './run-where.ts';

export interface WebhookRules {
  /** Which addresses webhooks may lead to. */
  readonly mayReach: AddressRule;
}

type PersonIntent = Intent & { readonly personId: string };

/**
 * The secret is in this answer alone: a request repeated with the same idempotency key, or the same id, is answered without it.
 * Throws Problem `validation_failed`, `conflict`.
 */
export async function createWebhook(
  commands: Commands,
  intent: PersonIntent,
  body: z.infer<typeof WebhookCreate>,
  rules: WebhookRules,
): Promise<Webhook> {
  refuseUnreachable(body.url, rules);
  const secrets = new Map<string, string>();
  const { personId } = intent;
  const webhook = await runWhere(commands, intent, findHomeSpace(intent, undefined), async (change, [spaceId = '']) => {
    const existing = body.id === undefined ? undefined : await findWebhook(change, personId, body.id);
    if (existing) {
      if (existing.name === body.name && existing.url === body.url) return existing;
      throw new Problem('conflict', 'Another webhook has this id.', { extras: { current: existing } });
    }
    if ((await countWebhooks(change, personId)) >= webhooksPerPersonMax) {
      throw new Problem('conflict', `A person has at most ${webhooksPerPersonMax} webhooks: delete some first.`);
    }
    const id = body.id ?? randomUUIDv7();
    const secret = makeWebhookSecret();
    secrets.set(id, secret);
    const row = { id, space_id: spaceId, version: change.nextVersion(spaceId), name: body.name, url: body.url };
    const made = await insertWebhook(change, { ...row, user_id: personId, secret, now: change.now }).catch((cause) => {
      if ((cause as { constraint?: string }).constraint !== 'webhooks_pkey') throw cause;
      throw new Problem('conflict', 'The id is taken.', { cause });
    });
    const changes = changedFields(null, made);
    change.append(spaceId, { type: 'webhook.created', entityId: id, snapshot: made, changes });
    return made;
  });
  const secret = secrets.get(webhook.id);
  return secret === undefined ? webhook : { ...webhook, secret };
}

/** Throws Problem `not_found`, `validation_failed`, `version_conflict`. */
export function changeWebhook(
  commands: Commands,
  intent: PersonIntent,
  id: string,
  body: z.infer<typeof WebhookChange>,
  options: WebhookRules & { expected: ExpectedVersion },
): Promise<Webhook> {
  if (body.url !== undefined) refuseUnreachable(body.url, options);
  return runWhere(commands, intent, findHomeSpace(intent, undefined), async (change, [spaceId = '']) => {
    const before = await findWebhook(change, intent.personId, id);
    if (!before) throw noSuchWebhook();
    requireVersion(before, options.expected);
    const { name = before.name, url = before.url, active = before.active } = body;
    const changes = changedFields(before, { ...before, name, url, active });
    if (Object.keys(changes).length === 0) return before;
    const version = change.nextVersion(spaceId);
    const after = { ...before, name, url, active, version, updated_at: canonicalInstant(change.now) };
    change.append(spaceId, { type: 'webhook.updated', entityId: id, snapshot: after, changes });
    change.write(storeWebhook(change, after));
    return after;
  });
}

/** What was planned for it is not sent. Throws Problem `not_found`. */
export async function removeWebhook(commands: Commands, intent: PersonIntent, id: string): Promise<void> {
  await runWhere(commands, intent, findHomeSpace(intent, undefined), async (change, [spaceId = '']) => {
    const gone = await deleteWebhook(change, intent.personId, id);
    if (!gone) throw noSuchWebhook();
    change.append(spaceId, {
      type: 'webhook.deleted',
      entityId: id,
      snapshot: null,
      changes: changedFields(gone, null),
    });
    return null;
  });
}

export const noSuchWebhook = (): Problem => new Problem('not_found', 'There is no such webhook.');

/** Names are judged at each hand-over, when they have become addresses; an address can be judged at once. */
function refuseUnreachable(url: string, { mayReach }: WebhookRules): void {
  const parsed = URL.parse(url);
  const isHttp = parsed !== null && /^https?:$/.test(parsed.protocol);
  const address = isHttp ? addressInUrl(parsed) : null;
  if (isHttp && (address === null || mayReach(address))) return;
  const message = isHttp ? 'leads into a network that may not be reached' : 'must begin with http:// or https://';
  throw new Problem('validation_failed', `url: ${message}`, { errors: [{ path: 'url', message }] });
}
