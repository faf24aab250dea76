/** What the browser says about where a person is at home: the first guess of a new profile. */
import type { MeChange } from '@daymark/core/contract/person.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };

/** Locale and first day of the week. */
export function homeHabits(language: string = navigator.language): Pick<MeChange, 'locale' | 'week_start'> {
  const locale = new Intl.Locale(language) as WithWeek;
  const firstDay = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
  return { locale: locale.toString(), week_start: weekdays[firstDay - 1] ?? 'monday' };
}
