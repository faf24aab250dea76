/** The short form of `npm run chaos`, that its proof can fail, and what it does with the clock. */
import { expect, test } from 'vitest';
import { runClockJumps } from './chaos/clock-jumps.ts';
import { readOptions } from './chaos/options.ts';
import { reportLines } from './chaos/report.ts';
import { runChaos } from './chaos/run.ts';

/** Half a minute on a machine with nothing else to do. */
const patience_ms = 240_000;

const surroundings = { say: () => {}, signal: new AbortController().signal };

test(
  'programs and PostgreSQL are killed while reminders fall due and series advance: nothing is lost and nothing told twice',
  async () => {
    const { facts, faults } = await runChaos(readOptions(['--short', '--seed', '4']), surroundings);
    expect(faults, reportLines(facts).join('\n')).toEqual([]);
    expect(facts.planned).toBe(300);
    expect(facts.completions).toBeGreaterThan(0);
    expect(facts.secondDecisions.refused).toBeGreaterThan(0);
    expect(facts.reconcile.line).toMatch(/^planned \d+ · sent \d+ .*lost 0 · duplicate 0/);
  },
  patience_ms,
);

test(
  'without the unique indexes a second scheduler is believed, people are told twice, and the run says so',
  async () => {
    const words = ['--short', '--reminders', '60', '--seconds', '6', '--kills', '0', '--postgres-kills', '0'];
    const { facts, faults } = await runChaos(readOptions([...words, '--without-unique-index']), surroundings);
    expect(facts.effectiveDuplicates.length).toBeGreaterThan(0);
    expect(faults).toContainEqual(expect.stringMatching(/^told twice: /));
    expect(faults).toContainEqual(expect.stringMatching(/second decisions were taken into the ledger/));
    expect(facts.reconcile.code).toBe(1);
  },
  patience_ms,
);

test(
  'the clock jumps over many reminders and back again, the program dies in between, and each is told once',
  async () => {
    const { reconcile, ...counted } = await runClockJumps(surroundings);
    expect(counted).toEqual({ planned: 60, jumps: 6, told: 60, handedOver: 60, lost: [], twice: [] });
    expect(reconcile).toMatchObject({ code: 0, findings: [] });
  },
  patience_ms,
);
