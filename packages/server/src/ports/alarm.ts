/**
 * Alarms: a hint that the moment has come to look. A ring may come late, twice or never, and one that nobody set may come too; so
 * whoever sets an alarm has a slow poll besides and looks at the rows, which alone say what is due.
 *
 * A name has one moment: setting it again replaces it. Nothing here rejects or waits: what goes wrong costs a ring.
 */

export type AlarmName = 'reminders';

export interface Alarm {
  /** Rings in so many milliseconds, 0 for at once. */
  set(name: AlarmName, in_ms: number): void;
  /** Forgets the moment; a ring may come all the same. */
  clear(name: AlarmName): void;
  /** Answers how to stop listening. */
  onRing(name: AlarmName, listener: () => void): () => void;
  /** Forgets all moments. Resolves when nothing of it is under way. */
  close(): Promise<void>;
}
