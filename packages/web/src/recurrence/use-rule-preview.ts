import type { RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import { useEffect, useState } from 'react';
import { usePlace } from '../app/use-place.ts';
import type { RulePreview } from './rule-preview.ts';
import { ensureTemporal } from './temporal.ts';

type Engine = typeof import('./rule-preview.ts');
let fetched: Engine | null = null;

/** Fetches the engine of recurrence, and what it needs of the browser. Rejects when it cannot be fetched. */
export async function loadRuleEngine(): Promise<Engine> {
  await ensureTemporal();
  fetched ??= await import('./rule-preview.ts');
  return fetched;
}

/** What a rule means; null until the engine is here. */
export function useRulePreview(input: RecurrenceInput | null, start: string, zone: string): RulePreview | null {
  const { locale } = usePlace();
  const [engine, setEngine] = useState<Engine | 'failed' | null>(fetched);
  useEffect(() => {
    if (engine === null) loadRuleEngine().then(setEngine, () => setEngine('failed'));
  }, [engine]);
  if (engine === null || input === null) return null;
  if (engine === 'failed') return { ok: false, problem: '' };
  return engine.previewRule(input, start, zone, locale);
}
