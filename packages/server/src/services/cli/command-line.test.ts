import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { commandTable } from './command-table.ts';

const read = (line: string) => readCommandLine(commandTable, line.split(' ').filter(Boolean));
const message = (line: string): string => {
  try {
    read(line);
    return '';
  } catch (error) {
    return (error as { line?: string }).line ?? String(error);
  }
};

test('a command is found with its words and options, wherever the options stand', () => {
  expect(read('user reset-link ada@example.org')).toMatchObject({
    command: { name: 'user reset-link' },
    typed: { parameters: { email: 'ada@example.org' } },
  });
  expect(read('dead-letters list --all --consumer audit')).toMatchObject({
    command: { name: 'dead-letters list' },
    typed: { options: { all: true, consumer: 'audit' } },
  });
});

test('nothing, --help and the help of a group show what there is', () => {
  for (const line of ['', '--help', '-h']) {
    expect(read(line)).toMatchObject({
      help: expect.stringContaining('daymark audit verify [--space <id>] [--head <file>]'),
    });
  }
  const group = read('user --help') as { help: string };
  expect(group.help).toContain('daymark user reset-link <email>');
  expect(group.help).not.toContain('audit');
  expect(read('user admin --help')).toMatchObject({ help: expect.stringContaining('daymark user admin <email>') });
});

test('a mistyped command is answered with the nearest one', () => {
  expect(message('user reset-lnk ada@example.org')).toBe(
    'There is no command user reset-lnk. Did you mean user reset-link?',
  );
  expect(message('user frobnicate')).toContain('Choose from user list, user reset-link');
  expect(message('something')).toContain('See daymark --help');
});

test('a word too few, a word too many and an unknown option are answered with the usage', () => {
  for (const line of ['user admin', 'user admin a b', 'user admin a --force']) {
    expect(message(line)).toContain('Usage: daymark user admin <email>');
  }
});
