/**
 * How every view looks: pictures of each, wide and narrow, light and dark, and what a program can tell of accessibility. The pictures
 * lie in `.cache/pictures`; those of the documentation are renewed with `DAYMARK_RENEW_IMAGES=1`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { furnish } from './browser/furnish.ts';
import { narrow, openBrowser, openWindow, rowOf, visit, type Window, wide } from './browser/window.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';

const folder = fileURLToPath(new URL('../.cache/pictures', import.meta.url));
const documentation = fileURLToPath(new URL('../docs/images', import.meta.url));
/** The day in the pictures, so that they do not differ from one day to the next. */
const now = new Date('2026-11-21T09:24:00+01:00');

let program: Program;
let browser: Browser;
let cookie: string;
let listId: string;
const windows: Window[] = [];

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  mkdirSync(documentation, { recursive: true });
  [program, browser] = await Promise.all([
    startProgram({ env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } }),
    openBrowser(),
  ]);
  ({ cookie, listId } = await furnish(program.url, now));
  await remind();
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});
afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints);
  await Promise.all(windows.splice(0).map((window) => window.close()));
  expect(complaints).toEqual([]);
});

async function open(options: Parameters<typeof openWindow>[2]): Promise<Page> {
  const window = await openWindow(browser, program.url, { deviceScaleFactor: 1, reducedMotion: 'reduce', ...options });
  windows.push(window);
  const [name = '', ...value] = cookie.split('=');
  await window.page.context().addCookies([{ name, value: value.join('='), url: program.url }]);
  await window.page.clock.setFixedTime(now);
  return window.page;
}

/** A line with most of what can be understood in one. */
const longLine = 'Pay rent every month on the 1st at 9am @home p1';

/** Lets a reminder come now, by the clock of the server. */
async function remind(): Promise<void> {
  const at = new Date(Date.now() + 1500).toISOString();
  const body = { title: 'Review the logbook', due_on: now.toISOString().slice(0, 10), reminders: [{ at }] };
  const answer = await fetch(`${program.url}/api/v1/tasks`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
}

/** Visits a view and waits until what is in it has come. */
async function visitFull(page: Page, path: string): Promise<void> {
  const synced = page.waitForEvent('websocket');
  await visit(page, path);
  // The live connection is opened when every space has been fetched.
  await synced;
}

async function picture(page: Page, name: string, forDocumentation = false): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  if (forDocumentation && process.env.DAYMARK_RENEW_IMAGES === '1') {
    await page.screenshot({ path: join(documentation, `${name}.png`) });
  }
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What stands in the way of people, seriously or more. Of a dark view only the contrast is asked: the rest is as in the light. */
async function hindrances(page: Page, colorScheme = 'light'): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (colorScheme === 'light'
    ? axe.withTags(rules)
    : axe.withRules('color-contrast')
  ).analyze();
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

const views = ['today', 'upcoming', 'inbox', 'all', 'notifications', 'completed', 'trash'];
const settings = [
  'profile',
  'notifications',
  'appearance',
  'spaces',
  'tags',
  'password',
  'sessions',
  'tokens',
  'accounts',
];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no view hinders anyone, ${colorScheme}`, async () => {
    const page = await open({ viewport: wide, colorScheme });
    const found: Record<string, string[]> = {};
    const check = async (name: string): Promise<void> => {
      await picture(page, `${name}-${colorScheme}`);
      const here = await hindrances(page, colorScheme);
      if (here.length > 0) found[name] = here;
    };
    for (const view of [...views, ...settings.map((name) => `settings/${name}`), `lists/${listId}`]) {
      await visitFull(page, `/${view}`);
      await check(view.replace('/', '-').replace(listId, 'garden'));
    }
    await visitFull(page, '/notifications');
    await page.getByRole('button', { name: 'Why did I get this?' }).first().click();
    await page.getByRole('list', { name: 'Why did I get this?' }).getByRole('listitem').first().waitFor();
    await check('why');
    await visitFull(page, '/settings/notifications');
    await page.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded();
    await check('settings-notifications-below');
    await visitFull(page, '/today');
    await rowOf(page, 'Pack for the crossing').click();
    await check('detail');
    await page.keyboard.press('d');
    await page.getByRole('dialog', { name: 'Due' }).waitFor();
    await check('date');
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Repeat' }).getByRole('time').first().waitFor();
    await check('repeat');
    await page.getByRole('option', { name: 'Custom' }).click();
    await page.getByRole('button', { name: 'Set', exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Unit' }).selectOption('monthly');
    await page.getByLabel('On day of the month').fill('31');
    await page.getByRole('combobox', { name: 'Ends' }).selectOption('by_date');
    await check('repeat-custom');
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await page.getByRole('dialog', { name: 'Remind' }).waitFor();
    await check('remind');
    await page.keyboard.press('Escape');
    await rowOf(page, 'Water the plants').click();
    await page.getByText('Series', { exact: true }).click();
    await page.getByText('None done yet').waitFor();
    await check('series');
    await page.keyboard.press('q');
    await page.keyboard.type(longLine);
    await page.getByText('Next:').waitFor();
    await check('quick-add');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await remind();
    await page.getByRole('region', { name: 'Reminders' }).getByRole('article').waitFor();
    await check('banner');
    await page.getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('menuitem').first().waitFor();
    await check('snooze');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.keyboard.press('f');
    await page.getByRole('region', { name: 'Filter' }).waitFor();
    await check('filter');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).waitFor();
    await check('palette');
    expect(found).toEqual({});
  });
}

test('the pages before signing in hinder nobody', async () => {
  const window = await openWindow(browser, program.url, { viewport: narrow });
  windows.push(window);
  for (const path of ['/sign-in', '/sign-up', '/forgot-password', '/reset-password?token=x']) {
    await visit(window.page, path);
    expect([path, await hindrances(window.page)]).toEqual([path, []]);
    await picture(window.page, path.slice(1).split('?')[0] ?? '');
  }
});

test('on a telephone no view hinders anyone, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open({ viewport: narrow, colorScheme, hasTouch: true, isMobile: true });
    for (const view of [...views, 'settings/profile', 'settings/notifications', 'settings/tokens']) {
      await visitFull(page, `/${view}`);
      await picture(page, `phone-${view.replace('/', '-')}-${colorScheme}`);
      expect([view, await hindrances(page, colorScheme)]).toEqual([view, []]);
    }
    await visitFull(page, '/today');
    await page.getByRole('button', { name: 'Add task' }).tap();
    await page.getByRole('textbox', { name: 'New task' }).fill(longLine);
    await page.getByText('Next:').waitFor();
    await picture(page, `phone-add-${colorScheme}`);
    await page.getByRole('textbox', { name: 'New task' }).fill('');
    await page.keyboard.press('Escape');
    await remind();
    await page.getByRole('region', { name: 'Reminders' }).getByRole('article').waitFor();
    await picture(page, `phone-banner-${colorScheme}`);
    await page.getByRole('button', { name: 'Dismiss' }).tap();
    await rowOf(page, 'Pack for the crossing').tap();
    await page.getByRole('complementary', { name: 'Task' }).waitFor();
    await picture(page, `phone-detail-${colorScheme}`);
    expect(await hindrances(page, colorScheme)).toEqual([]);
    await page.getByRole('button', { name: 'Repeats' }).tap();
    await page.getByRole('option', { name: 'Custom' }).tap();
    await page.getByRole('button', { name: 'Set', exact: true }).waitFor();
    await picture(page, `phone-repeat-${colorScheme}`);
    expect(await hindrances(page, colorScheme)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Reminders' }).tap();
    await page.getByRole('dialog', { name: 'Remind' }).waitFor();
    await picture(page, `phone-remind-${colorScheme}`);
    expect(await hindrances(page, colorScheme)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close' }).last().tap();
    await page.getByRole('button', { name: 'More' }).tap();
    await picture(page, `phone-more-${colorScheme}`);
  }
});

test('the pictures of the documentation are made', async () => {
  const light = await open({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await visitFull(light, '/today');
  await rowOf(light, 'Pack for the crossing').click();
  await light.getByRole('complementary', { name: 'Task' }).waitFor();
  await picture(light, 'today', true);
  const dark = await open({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  await visitFull(dark, '/upcoming');
  await picture(dark, 'upcoming', true);
  const phone = await open({ viewport: narrow, colorScheme: 'light', hasTouch: true, isMobile: true });
  await visitFull(phone, '/today');
  await picture(phone, 'phone', true);
});
