import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorKinds } from '../../packages/core/contract/errors.ts';
import { carriedTopics } from '../../packages/core/contract/topics.ts';
import { flagOf, options } from '../../packages/server/src/app/options.ts';
import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';
import { describedMetrics, metricsPage } from './metrics-page.ts';
import { topicsPage } from './topics-page.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8');
const firstCells = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell);

test('the page of options has exactly the options that the program reads', () => {
  const text = page('configuration.md');
  expect(firstCells(text)).toEqual(Object.values(options).map(({ env }) => env));
  for (const row of Object.values(options)) expect(text).toContain(`\`${flagOf(row)} `);
  expect(text, 'run: npm run reference').toBe(configurationPage());
});

test('the page of errors has exactly the codes that the registry has', () => {
  const text = page('errors.md');
  expect(firstCells(text)).toEqual(Object.keys(errorKinds));
  expect(text, 'run: npm run reference').toBe(errorsPage());
});

test('the page of topics has every topic, and is the one that the contract says', () => {
  const text = page('topics.md');
  expect(firstCells(text)).toEqual(expect.arrayContaining([...carriedTopics]));
  expect(text, 'run: npm run reference').toBe(topicsPage());
});

test('the page of metrics has exactly those that a process registers, with their labels', () => {
  const text = page('metrics.md');
  const described = describedMetrics();
  expect(described.length).toBeGreaterThan(20);
  expect(described.map(({ type }) => type)).toEqual(
    described.map(() => expect.stringMatching(/^(counter|gauge|histogram)$/)),
  );
  expect(firstCells(text)).toEqual(described.map(({ name }) => name));
  expect(text, 'run: npm run reference').toBe(metricsPage());
});

test('codes are snake_case and statuses are failures', () => {
  for (const [code, { status, title, when }] of Object.entries(errorKinds)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toMatch(/\.$/);
    expect(when).toMatch(/\.$/);
  }
});
