import { describe, expect, it } from 'vitest';
import { alarmContract } from '../../../test/alarm-contract.ts';
import { timerAlarm } from './timer-alarm.ts';

describe('alarms by timers', () => {
  alarmContract(async () => timerAlarm());

  it('takes a moment beyond what timers hold without ringing at once', async () => {
    const alarm = timerAlarm();
    let rings = 0;
    alarm.onRing('reminders', () => rings++);
    alarm.set('reminders', 2 ** 40);
    const witness = timerAlarm();
    const rang = Promise.withResolvers<void>();
    witness.onRing('reminders', rang.resolve);
    witness.set('reminders', 50);
    // Nothing else keeps the process waiting for a timer that does not.
    const alive = setInterval(() => {}, 1_000);
    await rang.promise;
    clearInterval(alive);
    expect(rings).toBe(0);
    await alarm.close();
  });
});
