import { expect, test } from 'vitest';
import { clientName } from './client-name.ts';

test('a browser is called what a person calls it', () => {
  expect(
    clientName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'),
  ).toBe('Chrome on Linux');
  expect(
    clientName(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    ),
  ).toBe('Safari on macOS');
  expect(clientName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0')).toBe(
    'Edge on Windows',
  );
});

test('a program that is no browser keeps its own name', () => {
  expect(clientName('daymark-cli/1.0')).toBe('daymark-cli/1.0');
  expect(clientName(null)).toBeNull();
});
