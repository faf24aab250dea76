import { expect, test } from 'vitest';
import { redactedError } from './redacted-error.ts';

const payload = {
  snapshot: { id: '01890a5d-ac96-774b-bcce-b302099a8057', title: 'Call the clinic', status: 'todo' },
  tags: ['x'],
};

test('what a person wrote does not remain in the message', () => {
  const line = redactedError(new Error('cannot file Call the clinic now'), payload);
  expect(line).toBe('Error: cannot file … now');
});

test('a quoted piece of what a person wrote is removed too', () => {
  let caught: unknown;
  try {
    JSON.parse('Call the clinic');
  } catch (error) {
    caught = error;
  }
  expect(redactedError(caught, payload)).not.toMatch(/Call|clinic/);
});

test('names of the program, codes and ids stay, because they are what an operator searches for', () => {
  const error = Object.assign(new Error('duplicate key value violates unique constraint "tasks_pkey"'), {
    code: '23505',
  });
  expect(redactedError(error, payload)).toBe(
    'Error 23505: duplicate key value violates unique constraint "tasks_pkey"',
  );
  expect(redactedError(new Error(`no task ${payload.snapshot.id}`), payload)).toContain(payload.snapshot.id);
});

test('a message is one line with a limit, whatever was thrown', () => {
  expect(redactedError('a\nb\0c', null)).toBe('Error: a b c');
  expect(redactedError(new Error('a'.repeat(10_000)), null)).toHaveLength(500);
});
