/** The programs of a run: a few whole ones, or each part in processes of its own. */

export interface ChaosProgram {
  readonly name: string;
  readonly targets: string;
  /** Answers the requests of people. */
  readonly serves: boolean;
  /** Hands events to the carrier, or gets them from it. */
  readonly carries: boolean;
}

/** Two whole programs, so two of everything that runs by time, and one more that serves nobody and only works. */
const whole: readonly ChaosProgram[] = [
  { name: 'first', targets: 'all', serves: true, carries: true },
  { name: 'second', targets: 'all', serves: true, carries: true },
  { name: 'worker', targets: 'reminders,recurrence,notifications', serves: false, carries: true },
];

const twice = (targets: string, { serves = false, carries = false }): ChaosProgram[] =>
  [1, 2].map((place) => ({ name: `${targets}-${place}`, targets, serves, carries }));

const parts = (hasCarrier: boolean): readonly ChaosProgram[] => [
  ...twice('api', { serves: true }),
  ...twice('audit', { carries: true }),
  ...twice('recurrence', { carries: true }),
  ...twice('reminders', { carries: true }),
  ...twice('notifications', {}),
  { name: 'maintenance', targets: 'maintenance', serves: false, carries: false },
  ...(hasCarrier ? twice('relay', { carries: true }) : []),
];

export const programsOf = ({ split, bus }: { split: boolean; bus: string }): readonly ChaosProgram[] =>
  split ? parts(bus !== 'postgres') : whole;
