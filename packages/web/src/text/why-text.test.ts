import type { WhyStep } from '@daymark/core/contract/notification.ts';
import { expect, test } from 'vitest';
import { inOrder, whyText } from './why-text.ts';

const place = { zone: 'Europe/Berlin', locale: 'en-GB', nowMs: Date.parse('2026-11-21T13:00:00Z') };
const step = (kind: WhyStep['kind'], text: string, more: Partial<WhyStep> = {}): WhyStep => ({
  kind,
  text,
  at: '2026-11-21T08:00:00.100Z',
  event_id: null,
  event_type: null,
  actor_name: null,
  channel: null,
  state: null,
  ...more,
});

test('instants and days of the log are told by the clock of the person', () => {
  expect(whyText(step('planned', 'The reminder was planned for 2026-12-01T08:00:00.070Z'), place)).toBe(
    'The reminder was planned for Tue 1 Dec 09:00',
  );
  expect(whyText(step('change', 'Ada made the task, due 2026-12-01'), place)).toBe('Ada made the task, due Tue 1 Dec');
});

test('a browser is told by its name, and another client as it calls itself', () => {
  const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
  const told = whyText(step('change', `Ada made the task, due 2026-12-01, with ${agent}`), place);
  expect(told).toBe('Ada made the task, due Tue 1 Dec, with Chrome on Linux');
  expect(whyText(step('change', 'Ada made the task, with shopping-list/2'), place)).toBe(
    'Ada made the task, with shopping-list/2',
  );
});

test('a delivery is told by its channel, what became of it, and why', () => {
  const off = step('delivery', 'sms suppressed: channel_off', { channel: 'sms', state: 'suppressed' });
  expect(whyText(off, place)).toBe('Text message: not sent, it is turned off');
  const sent = step('delivery', 'in_app sent', { channel: 'in_app', state: 'sent' });
  expect(whyText(sent, place)).toBe('In the application: sent');
  const odd = step('delivery', 'email dead: 550 no such user', { channel: 'email', state: 'dead' });
  expect(whyText(odd, place)).toBe('E-mail: given up, 550 no such user');
});

test('what happened in one moment stands in the order of cause and effect', () => {
  const steps = [step('planned', 'b'), step('change', 'a'), step('due', 'c', { at: '2026-11-21T08:00:01Z' })];
  expect(inOrder(steps).map(({ text }) => text)).toEqual(['a', 'b', 'c']);
});
