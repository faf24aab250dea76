import { expect, test } from 'vitest';
import { cycleRule, tidy } from './rules.ts';
import { sourceOf } from './source.ts';

const complaintsOf = (path: string, text: string) => tidy([sourceOf(path, text)]).map((complaint) => complaint.rule);

const planted: [rule: string, path: string, text: string][] = [
  ['import direction', 'packages/server/src/store/tasks.ts', `import { x } from '../commands/x.ts';`],
  ['import direction', 'packages/server/src/services/api/a.ts', `import { x } from '../sync/b.ts';`],
  ['import direction', 'packages/server/src/commands/a.ts', `import { x } from '../app/config.ts';`],
  ['import direction', 'packages/core/tasks/a.ts', `import { x } from '@daymark/server/src/kit/a.ts';`],
  ['length', 'packages/core/contract/long.ts', '// line\n'.repeat(401)],
  ['name', 'packages/server/src/kit/utils.ts', ''],
  ['name', 'packages/server/src/kit/camelCase.ts', ''],
  ['no barrels', 'packages/core/tasks/all.ts', `export * from './one.ts';`],
  ['no barrels', 'packages/core/tasks/all.ts', `export { one } from './one.ts';`],
  ['nothing left open', 'packages/core/tasks/a.ts', `// ${'TO'}DO later`],
  ['every test runs', 'packages/core/tasks/a.test.ts', `${'test'}.skip('x', () => {});`],
  ['no path of a machine', 'docs/a.md', `see ${'/home'}/someone/notes`],
  ['columns are named', 'packages/server/src/store/a.ts', 'const text = `select * from tasks`;'],
  ['topology', 'packages/server/src/services/audit/a.ts', `if (engine === 'kafka') {}`],
  ['the environment is read once', 'packages/server/src/kit/a.ts', 'const port = process.env.PORT;'],
  ['core is pure', 'packages/core/tasks/a.ts', 'const now = Date.now();'],
  ['core is pure', 'packages/core/tasks/a.ts', `import fs from 'node:fs';`],
];

test.each(planted)('%s is complained about: %s %s', (rule, path, text) => {
  expect(complaintsOf(path, text)).toContain(rule);
});

test('a cycle of imports is found and named', () => {
  const sources = [
    sourceOf('packages/core/a.ts', `import { b } from './b.ts';`),
    sourceOf('packages/core/b.ts', `import type { a } from './a.ts';`),
  ];
  expect(cycleRule(sources)[0]?.message).toContain('packages/core/b.ts → packages/core/a.ts');
});

test('a well-made file passes', () => {
  const text = `/** Says something. */\nimport { Task } from '@daymark/core/contract/task.ts';\nexport const title = Task.shape.title;\n`;
  expect(complaintsOf('packages/server/src/commands/create-task.ts', text)).toEqual([]);
});
