/** What every alarm does while all is well, run for each of them. What it does otherwise is nothing: that is what its users are tested for. */
import { expect, it, onTestFinished } from 'vitest';
import type { Alarm } from '../src/ports/alarm.ts';

const wait = { timeout: 10_000, interval: 5 };
const longer_ms = 30 * 60_000;

export function alarmContract(open: () => Promise<Alarm>): void {
  async function opened() {
    const alarm = await open();
    onTestFinished(() => alarm.close());
    const rings: number[] = [];
    alarm.onRing('reminders', () => rings.push(performance.now()));
    return { alarm, rings };
  }

  it('rings when the moment has come, and not before', async () => {
    const { alarm, rings } = await opened();
    const at = performance.now() + 300;
    alarm.set('reminders', 300);
    await expect.poll(() => rings.length, wait).toBe(1);
    // A timer may be a millisecond early.
    expect(rings[0]).toBeGreaterThan(at - 2);
  });

  it('rings for a moment that is past at once', async () => {
    const { alarm, rings } = await opened();
    alarm.set('reminders', 0);
    await expect.poll(() => rings.length, wait).toBe(1);
  });

  it('rings at the earlier moment when it is set again, and again when it is set after it rang', async () => {
    const { alarm, rings } = await opened();
    alarm.set('reminders', longer_ms);
    alarm.set('reminders', longer_ms - 10_000);
    alarm.set('reminders', 50);
    await expect.poll(() => rings.length, wait).toBe(1);
    alarm.set('reminders', 50);
    await expect.poll(() => rings.length, wait).toBe(2);
  });

  it('tells all who listen, and nobody who does not any more', async () => {
    const { alarm, rings } = await opened();
    let gone = 0;
    let other = 0;
    alarm.onRing('reminders', () => gone++)();
    alarm.onRing('reminders', () => other++);
    alarm.set('reminders', 20);
    await expect.poll(() => [rings.length, other], wait).toEqual([1, 1]);
    expect(gone).toBe(0);
  });

  it('does not ring at a moment that was put off or cleared', async () => {
    const { alarm, rings } = await opened();
    alarm.set('reminders', 1_000);
    alarm.set('reminders', longer_ms);
    const cleared = await opened();
    cleared.alarm.set('reminders', 1_000);
    cleared.alarm.clear('reminders');
    const witness = await opened();
    witness.alarm.set('reminders', 1_500);
    await expect.poll(() => witness.rings.length, wait).toBe(1);
    expect([rings.length, cleared.rings.length]).toEqual([0, 0]);
  });

  it('takes moments after it was closed without a word', async () => {
    const { alarm, rings } = await opened();
    await alarm.close();
    alarm.set('reminders', longer_ms);
    alarm.clear('reminders');
    expect(rings).toEqual([]);
  });
}
