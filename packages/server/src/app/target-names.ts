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
  'relay',
] as const;
export type TargetName = (typeof targetNames)[number];

/** Whether one process is the whole program. */
export const isWhole = (targets: readonly string[]): boolean => targets.includes('all');

/** What a process calls itself in logs and traces: `daymark` where it is the whole program, else `daymark-api`, `daymark-api-sync`. */
export const serviceName = (targets: readonly string[]): string =>
  isWhole(targets) ? 'daymark' : ['daymark', ...new Set(targets)].join('-');

/** Whether people open pages at the address of a process that runs these targets. */
export const servesPages = (targets: readonly string[]): boolean => isWhole(targets) || targets.includes('web');

/** Whether live sync is served by a process that runs these targets. */
export const servesSync = (targets: readonly string[]): boolean => isWhole(targets) || targets.includes('sync');
