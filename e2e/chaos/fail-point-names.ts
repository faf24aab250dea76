/** The fail points of the program, at which a chaos run lets it die. A test holds them against the source. */
export const failPointNames = [
  'recurrence:checked',
  'recurrence:advanced',
  'reminders:planned',
  'reminders:claimed',
  'reminders:fired',
  'delivery:claimed',
  'delivery:handed_over',
  'delivery:recorded',
] as const;

/** Those at which a process may die whose events come by a carrier. */
export const carriedFailPointNames = ['consumer:handed', 'consumer:received', 'relay:published'] as const;
