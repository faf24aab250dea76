/** What a person does from the first visit to the trash: with the pointer, with the keyboard alone, and on a telephone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  addTask,
  narrow,
  openBrowser,
  openWindow,
  patience,
  rowOf,
  signUpIn,
  visit,
  type Window,
} from './browser/window.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { password } from './people.ts';

let program: Program;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  [program, browser] = await Promise.all([
    startProgram({ env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});
afterEach(async () => {
  await window?.close();
  expect(window.complaints).toEqual([]);
});

async function open(options: Parameters<typeof openWindow>[2] = {}): Promise<void> {
  window = await openWindow(browser, program.url, options);
  ({ page } = window);
}

const titles = (): Promise<string[]> => page.locator('main li[data-task] button[dir="auto"]').allInnerTexts();

test('from sign-up through lists, search and filters to the trash, and back in', async () => {
  await open();
  await page.goto('/');
  await page.waitForURL('**/sign-in');
  const email = await signUpIn(window, 'Ada Lovelace');
  await page.getByRole('button', { name: 'Or look around with sample tasks' }).click();
  await rowOf(page, 'Pay the harbour fee').waitFor();
  expect(await titles()).toContain('Pack for the crossing');

  await page.getByRole('button', { name: 'New list: Lists' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Garden');
  await page.getByRole('dialog').getByRole('radio', { name: 'Violet' }).check({ force: true });
  await page.getByRole('button', { name: 'Create list' }).click();
  await page.waitForURL('**/lists/*');
  await addTask(page, 'Sow the peas');
  await addTask(page, 'Prune the apple tree');
  await rowOf(page, 'Sow the peas').click();
  const detail = page.getByRole('complementary', { name: 'Task' });
  await detail.getByRole('textbox', { name: 'Notes' }).fill('Two fingers deep.');
  await detail.getByRole('button', { name: /^Priority/ }).click();
  await page.getByRole('option', { name: 'High' }).click();
  await detail.getByRole('button', { name: /^Due/ }).click();
  await page.getByRole('dialog', { name: 'Due' }).getByRole('button', { name: 'Tomorrow' }).click();
  await detail.getByRole('textbox', { name: 'Add sub-task' }).fill('Soak them');
  await page.keyboard.press('Enter');
  await detail.getByText('History').click();
  await detail.getByText('changed priority to High').waitFor();
  await page.keyboard.press('Escape');
  await page.reload();
  await rowOf(page, 'Sow the peas').getByText('Due').waitFor({ state: 'attached' });
  await expect.poll(() => rowOf(page, 'Sow the peas').innerText(), { timeout: 10_000 }).toMatch(/0\/1[\s\S]*tomorrow/);

  await page.keyboard.press('/');
  await page.keyboard.type('aple');
  // The word is mistyped, so only the server's search can know what was meant.
  await rowOf(page, 'Prune the apple tree').waitFor();
  expect(new URL(page.url()).searchParams.get('search')).toBe('aple');
  await visit(page, '/all?priority=high&sort=title_asc');
  await rowOf(page, 'Sow the peas').waitFor();
  expect(await titles()).toEqual(['Pay the harbour fee', 'Sow the peas']);
  await page.getByRole('button', { name: 'Remove filter Priority: High' }).click();
  expect(new URL(page.url()).search).toBe('?sort=title_asc');

  await rowOf(page, 'Sow the peas').getByRole('checkbox').click();
  await page.getByText('Done.').waitFor();
  await expect.poll(() => rowOf(page, 'Sow the peas').count(), patience).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await rowOf(page, 'Sow the peas').waitFor();

  await rowOf(page, 'Prune the apple tree').focus();
  await page.keyboard.press('#');
  await expect.poll(() => rowOf(page, 'Prune the apple tree').count(), patience).toBe(0);
  await page.getByRole('link', { name: 'Trash' }).click();
  await rowOf(page, 'Prune the apple tree').click();
  await page.getByRole('button', { name: 'Delete for ever' }).click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete for ever' });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByRole('dialog').getByRole('textbox').fill('Prune the apple tree');
  await confirm.click();
  await page.getByText('The trash is empty.').waitFor();

  await page.getByRole('button', { name: 'Ada Lovelace' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in*');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Garden' }).waitFor();
});

test('with the keyboard alone: sign up, add, walk, select, date, tag, complete, undo, find a command', async () => {
  await open();
  await page.goto('/sign-up');
  await page.getByLabel('Name').waitFor();
  const type = async (...parts: string[]): Promise<void> => {
    for (const part of parts)
      await (/^\[.+\]$/.test(part) ? page.keyboard.press(part.slice(1, -1)) : page.keyboard.type(part));
  };
  await type('Keya Board', '[Tab]', `keya.${Date.now()}@example.org`, '[Tab]', password, '[Enter]');
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  await type('[g]', '[i]');
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor();
  await type('[q]', 'First', '[Enter]', 'Second', '[Enter]', 'Third', '[Enter]', '[Escape]');
  await rowOf(page, 'Third').waitFor();
  expect(await titles()).toEqual(['First', 'Second', 'Third']);

  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
  expect(await focused()).toContain('First');
  await type('[j]');
  expect(await focused()).toContain('Second');
  await type('[Alt+ArrowUp]');
  await expect.poll(titles, patience).toEqual(['Second', 'First', 'Third']);
  await type('[x]', '[j]', '[x]');
  await page.getByText('2 selected').waitFor();
  await type('[d]');
  await page.getByRole('dialog', { name: 'Due' }).waitFor();
  await type('[ArrowRight]', '[Enter]');
  await expect.poll(() => rowOf(page, 'First').innerText(), patience).toContain('tomorrow');
  await expect.poll(() => rowOf(page, 'Second').innerText(), patience).toContain('tomorrow');
  await type('[t]');
  await page.getByRole('combobox', { name: 'Tags' }).waitFor();
  await type('urgent', '[Enter]', '[Escape]');
  await expect.poll(() => rowOf(page, 'First').innerText(), patience).toContain('urgent');
  await type('[Escape]');
  expect(await page.getByText('2 selected').count()).toBe(0);

  await type('[p]');
  await page.getByRole('listbox', { name: 'Priority' }).waitFor();
  await type('[1]');
  await rowOf(page, 'First').locator('[data-priority="high"]').waitFor();
  await type('[Space]');
  await expect.poll(() => rowOf(page, 'First').count(), patience).toBe(0);
  await expect.poll(focused, patience).toContain('Third');
  await type('[z]');
  await rowOf(page, 'First').waitFor();

  await type('[Enter]');
  await page.getByRole('complementary', { name: 'Task' }).waitFor();
  await type('[Escape]');
  await expect.poll(() => page.getByRole('complementary', { name: 'Task' }).count(), patience).toBe(0);
  await type('[?]');
  await page.getByRole('dialog', { name: 'Keyboard map' }).waitFor();
  await type('[Escape]', '[Control+k]');
  await page.getByRole('combobox', { name: 'Commands' }).waitFor();
  await type('upcom', '[Enter]');
  await page.getByRole('heading', { name: 'Upcoming', level: 1 }).waitFor();
  expect(await titles()).toEqual(['First', 'Second']);
});

test('on a telephone everything is within reach and nothing is wider than the screen', async () => {
  await open({ viewport: narrow, hasTouch: true, isMobile: true });
  await signUpIn(window, 'Ada Lovelace');
  await page.getByRole('button', { name: 'Add task' }).tap();
  await page
    .getByRole('textbox', { name: 'New task' })
    .fill('A title with a word that is far too long: Donaudampfschifffahrtsgesellschaftskapitän');
  await page.getByRole('button', { name: 'Add', exact: true }).tap();
  await page.getByRole('textbox', { name: 'New task' }).press('Escape');
  await rowOf(page, 'Donaudampfschiff').tap();
  const detail = page.getByRole('complementary', { name: 'Task' });
  expect((await detail.boundingBox())?.width).toBeCloseTo(narrow.width, 1);
  await detail.getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('button', { name: 'More' }).tap();
  await page.getByRole('link', { name: 'All tasks' }).tap();
  await page.waitForURL('**/all');
  for (const path of [
    '/today',
    '/upcoming',
    '/inbox',
    '/all',
    '/completed',
    '/trash',
    '/settings/profile',
    '/settings/tokens',
    '/settings/appearance',
  ]) {
    await visit(page, path);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect([path, overflow]).toEqual([path, 0]);
  }
});
