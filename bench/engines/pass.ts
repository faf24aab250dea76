/** One pass over a log: how fast it went, and what it cost the process. */

export interface Pass {
  readonly perSecond: number;
  /** Events for each second of processor time of this process. */
  readonly perProcessorSecond: number;
}

/** Measures until `work` resolves; what it answers is done afterwards, unmeasured. */
export async function measuredPass(events: number, work: () => Promise<() => Promise<void>>): Promise<Pass> {
  const started = performance.now();
  const used = process.cpuUsage();
  const end = await work();
  const duration_s = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  await end();
  return { perSecond: events / duration_s, perProcessorSecond: (events * 1e6) / (user + system) };
}
