/**
 * `npm run chaos [-- --bus postgres|kafka|dapr --split --carrier-kills n --short --seed n --reminders n --seconds n --kills n --postgres-kills n --clock-jumps --without-unique-index]`:
 * kills programs and PostgreSQL while reminders fall due and series advance, counts, and ends with 1 when the run does not show what
 * it must.
 */
import { readOptions } from '../e2e/chaos/options.ts';
import { reportLines } from '../e2e/chaos/report.ts';
import { runChaos } from '../e2e/chaos/run.ts';

async function run(words: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(words);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
  const interrupted = new AbortController();
  const end = () => interrupted.abort(new Error('the run was interrupted'));
  // Whoever started this may be gone: the channel then closes.
  for (const name of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(name, end);
  const { reminders, seconds, kills, postgresKills, carrierKills, bus, split, seed } = options;
  console.log(
    `chaos: ${reminders} reminders over ${seconds} s on ${split ? 'split targets' : 'whole programs'} with the bus ${bus}, ` +
      `${kills} kills, PostgreSQL stopped ${postgresKills} times, brokers and sidecars killed ${carrierKills} times, seed ${seed}`,
  );
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) / 1000);
  const say = (line: string) => process.stderr.write(`  … ${elapsed()} s: ${line}\n`);
  const { facts, faults } = await runChaos(options, { say, signal: interrupted.signal });
  process.off('disconnect', end);
  if (process.connected) process.disconnect?.();
  console.log(`took ${elapsed()} s`);
  for (const fault of faults) console.log(`✗ ${fault}`);
  for (const line of reportLines(facts)) console.log(line);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await run(process.argv.slice(2));
