import { expect, test } from 'vitest';
import { OperatorError } from '../kit/operator-error.ts';
import { readConfig } from './config.ts';

const read = (environment: Record<string, string>) => readConfig([], environment);
const refusal = (environment: Record<string, string>): string => {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof OperatorError) return error.line;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('without configuration there is no channel, and nothing near can be reached', () => {
  const config = read({});
  expect(config).toMatchObject({ smtpServer: undefined, mailFrom: undefined, smsProvider: undefined });
  expect(config.failPoint).toBeUndefined();
  expect(config.webhookReach('1.1.1.1')).toBe(true);
  expect(config.webhookReach('127.0.0.1')).toBe(false);
});

test('mail and text messages are configured by an address each', () => {
  const config = read({
    DAYMARK_SMTP_URL: 'smtp://me:secret@mail.example.org',
    DAYMARK_MAIL_FROM: 'Daymark <daymark@example.org>',
    DAYMARK_SMS_URL: 'https://AC1:token@api.twilio.com/2010-04-01/Accounts/AC1/Messages.json?From=+15005550006',
  });
  expect(config.smtpServer).toMatchObject({ host: 'mail.example.org', login: { user: 'me', password: 'secret' } });
  expect(config.mailFrom).toEqual({ name: 'Daymark', address: 'daymark@example.org' });
  expect(config.smsProvider?.fields).toEqual([['From', '+15005550006']]);
});

test('webhooks reach private networks where that is said, or single networks', () => {
  const all = read({ DAYMARK_WEBHOOK_ALLOW_PRIVATE: 'true' }).webhookReach;
  expect([all('127.0.0.1'), all('10.0.0.1'), all('169.254.169.254')]).toEqual([true, true, false]);
  const some = read({ DAYMARK_WEBHOOK_ALLOW_PRIVATE: '10.1.0.0/16, ::1' }).webhookReach;
  expect([some('10.1.2.3'), some('::1'), some('10.2.0.1'), some('127.0.0.1')]).toEqual([true, true, false, false]);
});

test('a fail point is a name with its passing', () => {
  expect(read({ DAYMARK_FAIL_POINT: 'delivery.claimed@3' }).failPoint).toEqual({
    name: 'delivery.claimed',
    passing: 3,
  });
});

test('what is not understood is refused, and no password is printed', () => {
  expect(refusal({ DAYMARK_SMTP_URL: 'smtp://me:secret@h?tls=maybe' })).toMatch(/^DAYMARK_SMTP_URL must be an address/);
  expect(refusal({ DAYMARK_SMTP_URL: 'smtp://me:secret@h?tls=maybe' })).not.toContain('secret');
  expect(refusal({ DAYMARK_SMS_URL: 'https://AC1:secret@api.twilio.com/' })).not.toContain('secret');
  expect(refusal({ DAYMARK_MAIL_FROM: 'Daymark' })).toMatch(/must be an address such as Daymark/);
  expect(refusal({ DAYMARK_WEBHOOK_ALLOW_PRIVATE: 'yes' })).toMatch(/must be true, false, or networks/);
  expect(refusal({ DAYMARK_FAIL_POINT: 'a b' })).toMatch(/must be a name, or name@n/);
});
