/** The adapters, chosen once, here and in bus-engine.ts. Nobody below `app/` can tell which one it has been given. */

import { randomUUID } from 'node:crypto';
import { shareEmbeddedPostgres } from '../adapters/embedded-postgres/share.ts';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start.ts';
import { smsChannel, smsLimits } from '../adapters/sms/sms-channel.ts';
import { smtpChannel } from '../adapters/smtp/smtp-channel.ts';
import { collectorOf, samplingOf } from '../adapters/telemetry/settings.ts';
import { pushChannel, pushLimits } from '../adapters/web-push/push-channel.ts';
import { makeVapidKeys, type VapidKeys } from '../adapters/web-push/vapid.ts';
import { webhookChannel, webhookLimits } from '../adapters/webhook/webhook-channel.ts';
import { guardedPosts } from '../kit/guarded-fetch.ts';
import type { Log } from '../kit/log.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import { anyAddress } from '../kit/safe-address.ts';
import { noTracing, type Tracing } from '../kit/tracing.ts';
import type { Channels } from '../ports/channel.ts';
import type { Database } from '../store/database.ts';
import { ensureKeyPair, vapidKeyName } from '../store/program-keys.ts';
import type { Config } from './config.ts';
import { requirePostgres } from './postgres-version.ts';
import { isWhole, serviceName } from './target-names.ts';

export interface Postgres extends Running {
  /** How its owner connects. */
  readonly ownerUrl: string;
}

/** The operator's PostgreSQL when one is given, else the embedded one on the data folder. */
export async function openPostgres(
  log: Log,
  config: Pick<Config, 'databaseUrl' | 'dataFolder' | 'targets'>,
): Promise<Postgres> {
  if (config.databaseUrl !== undefined) {
    await requirePostgres(config.databaseUrl);
    return { ownerUrl: config.databaseUrl, ...runningUntilStopped() };
  }
  // A second whole program on a data folder is a mistake; parts of one belong together.
  const open = isWhole(config.targets) ? startEmbeddedPostgres : shareEmbeddedPostgres;
  return open({ folder: config.dataFolder, log });
}

type TracingConfig = Pick<
  Config,
  | 'otlpEndpoint'
  | 'otlpTracesEndpoint'
  | 'otlpHeaders'
  | 'otlpTimeout_ms'
  | 'otelDisabled'
  | 'otelServiceName'
  | 'otelResource'
  | 'otelSampler'
  | 'otelSamplerRatio'
  | 'otelGather_ms'
  | 'targets'
>;

/** Records traces where a collector is named; else its library is not even loaded. `log` is asked for when something is to be said. */
export async function openTracing(log: () => Log, config: TracingConfig, version: string): Promise<Tracing> {
  const collector = collectorOf(config.otlpEndpoint, config.otlpTracesEndpoint);
  if (collector === undefined || config.otelDisabled) return noTracing;
  const { otelTracing } = await import('../adapters/telemetry/otel-tracing.ts');
  const resource = {
    'service.name': serviceName(config.targets),
    'service.version': version,
    'service.instance.id': randomUUID(),
    ...config.otelResource,
    ...(config.otelServiceName !== undefined && { 'service.name': config.otelServiceName }),
  };
  return otelTracing(
    {
      collector,
      headers: config.otlpHeaders,
      timeout_ms: config.otlpTimeout_ms,
      resource,
      sampling: samplingOf(config.otelSampler, config.otelSamplerRatio),
      gather_ms: config.otelGather_ms,
    },
    {
      onTrouble: (error) =>
        log().warn({ error }, 'traces cannot be sent; what comes is dropped until the collector answers'),
      onRecovered: () => log().info('traces can be sent again'),
    },
  );
}

/** The pair is made at the first start of all processes; `db` is the worker login. */
export async function vapidKeys(db: Database): Promise<VapidKeys> {
  const pair = await ensureKeyPair(db, vapidKeyName, () => {
    const { publicKey, privateKey } = makeVapidKeys();
    return { publicPart: publicKey, secretPart: privateKey };
  });
  return { publicKey: pair.publicPart, privateKey: pair.secretPart };
}

type ChannelConfig = Pick<Config, 'smtpServer' | 'mailFrom' | 'smsProvider' | 'webhookReach' | 'publicUrl'>;

/** The channels that this configuration has no way to send by. */
export const unconfiguredChannels = (config: ChannelConfig): ReadonlySet<keyof Channels> =>
  new Set(Object.entries(configuredChannels(config)).flatMap(([name, is]) => (is ? [] : [name as keyof Channels])));

/** Which channels there are. Throws OperatorError where half of what one needs is configured. */
export function configuredChannels(config: ChannelConfig): Readonly<Record<keyof Channels, boolean>> {
  if ((config.smtpServer === undefined) !== (config.mailFrom === undefined)) {
    throw new OperatorError(
      'Of DAYMARK_SMTP_URL and DAYMARK_MAIL_FROM only one is set.',
      'Set both to send mail, or none.',
    );
  }
  return {
    email: config.smtpServer !== undefined,
    sms: config.smsProvider !== undefined,
    web_push: true,
    webhook: true,
  };
}

/** The ways to reach people outside, as they are configured. */
export function openChannels(config: ChannelConfig, keys: VapidKeys): Channels {
  configuredChannels(config);
  const { smtpServer, mailFrom, smsProvider, webhookReach, publicUrl } = config;
  const subject = mailFrom ? `mailto:${mailFrom.address}` : (publicUrl ?? '');
  return {
    webhook: webhookChannel(guardedPosts(webhookReach, webhookLimits)),
    web_push: pushChannel(guardedPosts(webhookReach, pushLimits), {
      keys,
      // A push service wants somebody to write to; where nobody is named, the standard's example of nobody.
      subject: /^(mailto|https):/.test(subject) ? subject : 'mailto:nobody@example.com',
      insecure: webhookReach('127.0.0.1'),
    }),
    ...(smtpServer && mailFrom && { email: smtpChannel({ server: smtpServer, from: mailFrom }) }),
    ...(smsProvider && { sms: smsChannel(guardedPosts(anyAddress, smsLimits), smsProvider) }),
  };
}
