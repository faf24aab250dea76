/**
 * A way to reach a person outside the program: e-mail, a push service, a text message, a webhook. (In-app is no channel of this
 * port: it is a row, written in the transaction in which a reminder fires.)
 *
 * What a caller may rely on, whatever carries the message:
 * - `send` makes one hand-over, or none, and tells what came of it. Delivery, rejection, a slow or silent peer and an abort are
 *   outcomes; it rejects only where the program itself is at fault. It never tries again by itself: when to do so is decided by the ledger.
 * - The provider is given `message.key`, so that one that knows idempotency delivers a repeated hand-over once.
 * - It ends soon after `signal` aborts, and on its own within the time limit of the channel.
 * - `retry` leaves open whether the peer took the message: the answer may have been lost on its way back.
 * - `reason` is a line for an operator and for the person whose target it is. It holds no secret and nothing of the message.
 */

export const channelNames = ['email', 'web_push', 'sms', 'webhook'] as const;
export type ChannelName = (typeof channelNames)[number];

/** What a message is about. */
export type MessageKind = 'reminder' | 'digest' | 'test' | 'password_reset' | 'invitation' | 'email_verification';

/** What is to be said, in words that are ready; a channel only sets it in its own form. */
export interface Message {
  /** The idempotency key of this delivery, the same over all its tries: at most 128 characters of printable ASCII. */
  readonly key: string;
  readonly kind: MessageKind;
  /** One line. */
  readonly subject: string;
  /** Plain text that does not repeat the subject, and may be empty; lines end with \n. */
  readonly text: string;
  /** Where the person goes from here: an absolute http(s) address. */
  readonly url: string | null;
  /** The instant of the first try, RFC 3339 UTC: later tries say the same. */
  readonly sentAt: string;
  /** For programs that read the message (webhook, push): `notification_id`, `task_id`, `due_at` … Plain JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What became of a hand-over. */
export type Outcome =
  /** The peer accepted it. `providerId` is its own name for the message, when it gave one. */
  | { readonly kind: 'sent'; readonly providerId: string | null }
  /**
   * A later try may succeed, no sooner than `retryAfterMs` when the peer asked for that. With `ofTarget` it is well and judged this
   * target or message alone: others need not wait.
   */
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs: number | null; readonly ofTarget?: true }
  /** This message will not be taken, however often it is tried; another one may. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The target no longer exists: nothing need ever be sent to it again. */
  | { readonly kind: 'gone'; readonly reason: string };

export interface Channel<Target> {
  readonly name: ChannelName;
  send(target: Target, message: Message, signal: AbortSignal): Promise<Outcome>;
  /** Lets go of connections; what is under way ends as `retry`. Nothing is sent afterwards. */
  close(): Promise<void>;
}

export interface EmailTarget {
  readonly address: string;
  /** Shown beside the address. */
  readonly name: string | null;
}

export interface SmsTarget {
  /** E.164: `+` and digits. */
  readonly number: string;
}

/** What the browser's `PushSubscription.toJSON()` gives. */
export interface WebPushTarget {
  readonly endpoint: string;
  /** Base64url: the public key of the browser (65 bytes) and the authentication secret (16 bytes). */
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_` and base64 of 24 to 64 bytes. */
  readonly secret: string;
}

/** Which target each channel takes. */
export interface TargetOf {
  readonly email: EmailTarget;
  readonly web_push: WebPushTarget;
  readonly sms: SmsTarget;
  readonly webhook: WebhookTarget;
}

/** The channels that this installation has; one that is not configured is absent. */
export type Channels = { readonly [Name in ChannelName]?: Channel<TargetOf[Name]> };
