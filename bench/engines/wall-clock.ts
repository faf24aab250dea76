/** Milliseconds since 1970 with their fraction, to compare between processes of one machine. */
export const wallClock_ms = (): number => performance.timeOrigin + performance.now();
