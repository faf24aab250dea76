import { expect, test } from 'vitest';
import { decideDeliveries } from './decide-deliveries.ts';

const told = { id: 'n', space_id: 's', version: 1, user_id: 'u' };
const reach = {
  channels: { in_app: true, web_push: true, email: true, sms: false, webhook: true },
  email: 'ada@example.org',
  phone_number: null,
  push_ids: [],
  webhook_ids: ['w1', 'w2'],
};

test('each channel has its line: sent, planned for each target, or why not', () => {
  const around = { unconfigured: new Set(['email'] as const), traceparent: null };
  const lines = decideDeliveries(told, reach, ['in_app', 'web_push', 'email', 'sms', 'webhook'], around);
  expect(lines.map(({ channel, target_id, state, reason }) => [channel, target_id.slice(0, 2), state, reason])).toEqual(
    [
      ['in_app', '00', 'sent', null],
      ['web_push', '00', 'suppressed', 'no_target'],
      ['email', '00', 'suppressed', 'not_configured'],
      ['sms', '00', 'suppressed', 'channel_off'],
      ['webhook', 'w1', 'planned', null],
      ['webhook', 'w2', 'planned', null],
    ],
  );
  expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
});
