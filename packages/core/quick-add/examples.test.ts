/** The example lines of the fixture file: what is typed, and what becomes of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRule } from '../recurrence/parse-rule.ts';
import { parseQuickAdd } from './parse.ts';

interface Example {
  readonly id: string;
  readonly kind: string;
  readonly input: string;
  readonly now: string;
  readonly tz: string;
  readonly expect: {
    readonly title: string;
    readonly due_local?: string | null;
    readonly recurrence?: { readonly freq: string; readonly interval: number } | null;
    readonly labels?: readonly string[];
    readonly project?: string;
    readonly priority?: number;
  };
}

const file = new URL('../test/fixtures/quickadd-examples.jsonl', import.meta.url);
const examples = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Example);

const priorityNames = [null, 'low', 'medium', 'high', 'high', 'high'];

function ruleOf(rrule: string): { freq: string; interval: number } {
  const parsed = parseRule(rrule);
  if (!parsed.ok) throw new Error(`${rrule} is not a rule`);
  return { freq: parsed.rule.freq, interval: parsed.rule.interval };
}

/** What the example speaks of, in the example's words. */
function told({ input, now, tz, kind, expect: expected }: Example): Example['expect'] {
  const read = parseQuickAdd(input, { now, timezone: tz, mode: kind === 'tokens' ? 'vikunja' : 'todoist' });
  return {
    title: read.title,
    ...('due_local' in expected ? { due_local: read.due_local } : {}),
    ...('recurrence' in expected ? { recurrence: read.recurrence && ruleOf(read.recurrence.rrule) } : {}),
    ...('labels' in expected ? { labels: read.tag_names } : {}),
    ...(expected.project === undefined ? {} : { project: read.list_name ?? '' }),
    ...(expected.priority === undefined ? {} : { priority: priorityNames.lastIndexOf(read.priority) }),
  };
}

describe('what is typed becomes', () => {
  test.each(examples.map((example) => [example.id, example.input, example] as const))(
    '%s: %s',
    (_id, _input, example) => {
      const { priority, ...rest } = example.expect;
      const named =
        priority === undefined
          ? rest
          : { ...rest, priority: priorityNames.lastIndexOf(priorityNames[priority] ?? null) };
      expect(told(example)).toEqual(named);
    },
  );

  test('without a mode the titles and dates of all examples hold too', () => {
    for (const { input, now, tz, expect: expected } of examples) {
      const read = parseQuickAdd(input, { now, timezone: tz });
      expect({ input, title: read.title }).toEqual({ input, title: expected.title });
      if ('due_local' in expected) expect({ input, due: read.due_local }).toEqual({ input, due: expected.due_local });
    }
  });
});
