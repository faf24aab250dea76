/** The server's settings. They stand on its command line, so that those of the running release always hold. */

/** Everything that was acknowledged is on disk: fsync, full_page_writes and synchronous_commit keep their defaults (on). */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '128MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '1GB',
  // One small machine serves requests and queries: a query that takes all processors makes every other one wait.
  // It also needs shared memory of which a container has only 64 MB.
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  // Compiling a query takes longer than the short queries of this program run.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  // Errors of statements reach the program that sent them. In the server's log they would carry people's text.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

/** The arguments of `postgres` for these settings; those of `more` win. */
export function settingArguments(more: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...SETTINGS, ...more }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
