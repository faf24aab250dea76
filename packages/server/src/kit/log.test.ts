import { expect, test } from 'vitest';
import { openLog } from './log.ts';

function recordingLog(options: { readable?: boolean } = {}) {
  const lines: string[] = [];
  const { log } = openLog({ level: 'info', service: 'daymark', write: (line) => lines.push(line), ...options });
  return { log, lines };
}

test('a line is JSON with time, level as text, service and message', () => {
  const { log, lines } = recordingLog();
  log.info({ request_id: 'r1' }, 'started');
  log.debug('not at this level');
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({ level: 'info', service: 'daymark', message: 'started', request_id: 'r1' });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test('secrets are removed even when someone logs a whole object', () => {
  const { log, lines } = recordingLog();
  log.info({ password: 'p4ss', headers: { authorization: 'Bearer t0k', cookie: 'c00k' } }, 'careless');
  expect(lines.join()).not.toMatch(/p4ss|t0k|c00k/);
});

test('an error keeps its causes but loses the values that PostgreSQL quotes', () => {
  const { log, lines } = recordingLog();
  const fromPostgres = Object.assign(new Error('invalid input syntax for type date: "Buy flowers"'), {
    severity: 'ERROR',
    code: '22007',
    table: 'tasks',
    detail: 'Failing row contains (Buy flowers)',
  });
  log.error({ error: new Error('the command failed', { cause: fromPostgres }) }, 'failed');
  expect(lines.join()).not.toContain('flowers');
  const { error } = JSON.parse(lines[0] ?? '');
  expect(error).toMatchObject({ message: 'the command failed', cause: { code: '22007', table: 'tasks' } });
  expect(error.stack[0]).toContain('log.test.ts');
});

test('an error that causes itself ends', () => {
  const { log, lines } = recordingLog();
  const error = new Error('again');
  error.cause = error;
  log.error({ error }, 'failed');
  expect(lines).toHaveLength(1);
});

test('on a terminal a line is short, and errors are readable', () => {
  const { log, lines } = recordingLog({ readable: true });
  log.info({ route: '/health', duration_ms: 2 }, 'request');
  log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d request route=\/health duration_ms=2\n$/);
  expect(lines[1]).toMatch(/error failed\n {2}Error: outer\n {4}at [\s\S]*\n {2}Error: inner\n/);
});
