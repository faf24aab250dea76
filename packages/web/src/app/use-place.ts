import { useMemo } from 'react';
import type { Place } from '../text/when.ts';
import { useDaymarkState } from './daymark-context.ts';

/** Zone, region and the present moment of the person, for everything that tells a time. */
export function usePlace(): Place {
  const zone = useDaymarkState((state) => state.me?.timezone ?? 'UTC');
  const locale = useDaymarkState((state) => state.me?.locale ?? 'en');
  const nowMs = useDaymarkState((state) => state.nowMs);
  return useMemo(() => ({ zone, locale, nowMs }), [zone, locale, nowMs]);
}
