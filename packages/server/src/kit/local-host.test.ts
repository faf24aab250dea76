import { expect, test } from 'vitest';
import { isLocalHost } from './local-host.ts';

test.each([
  'localhost',
  'nas',
  'tasks.local',
  '127.0.0.1',
  '192.168.1.20',
  '10.3.4.5',
  '172.31.0.1',
  '[::1]',
  '[fd00::7]',
])('%s is of this machine or the local network', (host) => expect(isLocalHost(host)).toBe(true));

test.each(['tasks.example.org', '8.8.8.8', '172.32.0.1', '[2001:db8::1]', 'local.example.org'])(
  '%s can be reached by the world',
  (host) => expect(isLocalHost(host)).toBe(false),
);
