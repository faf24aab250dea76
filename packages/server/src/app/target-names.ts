/** The targets by name: what `--target` takes. The table of modules has exactly these, which its type makes sure of. */
export const targetNames = [
  'all',
  'api',
  'web',
  'sync',
  'audit',
  'notifications',
  'maintenance',
  'recurrence',
  'reminders',
] as const;
export type TargetName = (typeof targetNames)[number];
