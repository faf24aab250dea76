import { expect, test } from 'vitest';
import { homeHabits } from './home-habits.ts';

test('the week starts where the region says', () => {
  expect(homeHabits('en-US')).toEqual({ locale: 'en-US', week_start: 'sunday' });
  expect(homeHabits('de-DE')).toEqual({ locale: 'de-DE', week_start: 'monday' });
});
