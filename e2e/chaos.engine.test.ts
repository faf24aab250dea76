/** The short form of `npm run chaos` on split targets, with brokers and sidecars that are killed as the programs are. */
import { expect, test } from 'vitest';
import { type ChaosBus, readOptions } from './chaos/options.ts';
import { reportLines } from './chaos/report.ts';
import { runChaos } from './chaos/run.ts';

/** Two minutes on a machine with nothing else to do. */
const patience_ms = 480_000;

const surroundings = { say: () => {}, signal: new AbortController().signal };
const words = ['--short', '--split', '--seconds', '40', '--kills', '6', '--seed', '5'];

test.each<ChaosBus>(['kafka', 'dapr'])(
  'with %s programs, PostgreSQL and what carries events are killed: nothing is lost, nothing told twice, and the order is kept',
  async (bus) => {
    const { facts, faults } = await runChaos(readOptions([...words, '--bus', bus]), surroundings);
    expect(faults, reportLines(facts).join('\n')).toEqual([]);
    expect(facts.planned).toBe(300);
    expect(facts.completions).toBeGreaterThan(0);
    expect(facts.filing.events).toBeGreaterThan(1000);
    expect(facts.carrierKills).toContain('the broker');
    expect(facts.reconcile.line).toMatch(/^planned \d+ · sent \d+ .*lost 0 · duplicate 0/);
  },
  patience_ms,
);
