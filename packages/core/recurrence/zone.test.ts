import fc from 'fast-check';
import { expect, it } from 'vitest';
import { instantToWall, isKnownZone, wallToInstant } from './zone.ts';

const moment = fc.oneof(
  fc.integer({ min: 0, max: 150 * 365 * 86_400 }),
  // Around a change of the clock in New York, in Lord Howe and in Apia, where a whole day was left out.
  ...[1_772_953_200, 1_793_512_800, 1_775_314_800, 1_325_239_200].map((change) =>
    fc.integer({ min: change - 90_000, max: change + 90_000 }),
  ),
);
const timezone = fc.constantFrom('America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca', 'UTC');
const textOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);

it('places wall times as Temporal does, in whatever order they are asked for', () => {
  fc.assert(
    fc.property(timezone, fc.array(moment, { maxLength: 20 }), (zone, moments) => {
      for (const local of moments.map(textOf)) {
        const expected = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' });
        const placed = wallToInstant(local, zone);
        expect(placed.at).toBe(expected.toInstant().toString());
        expect(placed.local).toBe(expected.toPlainDateTime().toString({ smallestUnit: 'second' }));
        expect(placed.nominal ?? placed.local).toBe(local);
      }
    }),
    { numRuns: 2000 },
  );
});

it('tells the wall time of an instant as Temporal does', () => {
  fc.assert(
    fc.property(timezone, fc.array(moment, { maxLength: 20 }), (zone, moments) => {
      for (const at of moments.map((seconds) => `${textOf(seconds)}Z`)) {
        const expected = Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime();
        expect(instantToWall(at, zone)).toBe(expected.toString({ smallestUnit: 'second' }));
      }
    }),
    { numRuns: 1000 },
  );
});

it('moves a skipped time forward and takes the first of a repeated one', () => {
  const gap = { at: '2026-03-08T07:30:00Z', local: '2026-03-08T03:30:00', nominal: '2026-03-08T02:30:00' };
  expect(wallToInstant('2026-03-08T02:30:00', 'America/New_York')).toEqual(gap);
  expect(wallToInstant('2026-11-01T01:30:00', 'America/New_York').at).toBe('2026-11-01T05:30:00Z');
});

it('knows zones from other names', () => {
  expect(isKnownZone('Europe/Berlin')).toBe(true);
  expect(isKnownZone('Mars/Olympus')).toBe(false);
});
