import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonTextError, parseJsonBytes, parseJsonText } from './json-text.ts';

const refusal = (text: string): JsonTextError => {
  try {
    parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonTextError) return error;
    throw error;
  }
  throw new Error(`accepted ${text}`);
};

test('every storable document is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/\\u0000|\\ud[89a-f]|__proto__/i.test(text));
      expect(parseJsonText(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('NUL and half characters are refused wherever they stand, with the place', () => {
  expect(refusal('{"title":"a\\u0000b"}').path).toBe('title');
  expect(refusal('{"reminders":[{"note":"\\ud800"}]}').path).toBe('reminders.0.note');
  expect(refusal('{"a":{"b\\u0000":1}}').path).toBe('a');
  expect(refusal('"\\uDC00"').path).toBe('');
});

test('whole characters written as escapes are accepted', () => {
  expect(parseJsonText('{"title":"\\ud83d\\ude00 \\u00e9 \\\\u0000"}')).toEqual({ title: '😀 é \\u0000' });
});

test('a key that reaches the prototype is refused', () => {
  expect(refusal('{"__proto__":{"isAdministrator":true}}').message).toMatch(/not allowed/);
  expect(refusal('{"\\u005f_proto__":1}').message).toMatch(/not allowed/);
});

test('deep nesting is refused before anything walks it, brackets inside text do not count', () => {
  expect(refusal('['.repeat(100_000)).message).toMatch(/64 levels/);
  expect(refusal('{"a":'.repeat(65) + 1 + '}'.repeat(65)).message).toMatch(/64 levels/);
  expect(parseJsonText(JSON.stringify({ notes: '[{"'.repeat(500) }))).toEqual({ notes: '[{"'.repeat(500) });
});

test('bytes that are not UTF-8 are refused instead of being replaced', () => {
  expect(() => parseJsonBytes(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
  expect(parseJsonBytes(Buffer.from('"é"'))).toBe('é');
});

test('what is not JSON is refused without repeating it', () => {
  expect(refusal('{"secret": hunter2').message).toBe('The text is not valid JSON.');
});
