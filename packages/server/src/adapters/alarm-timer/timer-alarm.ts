/** Alarms by timers of this process: they ring on time, and are gone with it. */
import { createListeners } from '../../kit/listeners.ts';
import type { Alarm, AlarmName } from '../../ports/alarm.ts';

/** What timers can hold; who waits longer is rung too early and sets the alarm again. */
const delayMax_ms = 2 ** 31 - 1;

export function timerAlarm(): Alarm {
  const listeners = createListeners<AlarmName>();
  const timers = new Map<AlarmName, NodeJS.Timeout>();
  const clear = (name: AlarmName): void => {
    clearTimeout(timers.get(name));
    timers.delete(name);
  };
  return {
    clear,
    set(name, in_ms) {
      clear(name);
      const timer = setTimeout(
        () => {
          timers.delete(name);
          listeners.tell(name);
        },
        Math.min(Math.ceil(in_ms), delayMax_ms),
      );
      // An alarm alone keeps no process alive.
      timers.set(name, timer.unref());
    },
    onRing: (name, listener) => listeners.add(name, listener),
    async close() {
      for (const name of timers.keys()) clear(name);
    },
  };
}
