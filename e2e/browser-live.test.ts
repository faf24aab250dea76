/** Windows that follow each other: of one person, of another member, after a break, and where WebSockets are blocked. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  addTask,
  openBrowser,
  openSecond,
  openWindow,
  patience,
  rowOf,
  signUpIn,
  visit,
  type Window,
  watch,
} from './browser/window.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';

let program: Program;
let browser: Browser;
const windows: Window[] = [];

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
  const complaints = windows.flatMap((window) => window.complaints);
  await Promise.all(windows.splice(0).map((window) => window.close()));
  expect(complaints).toEqual([]);
});

async function open(
  ...options: Parameters<typeof openWindow> extends [unknown, unknown, ...infer Rest] ? Rest : never
) {
  const window = await openWindow(browser, program.url, ...options);
  windows.push(window);
  return window;
}

async function openOther(window: Window, path: string): Promise<Window> {
  const other = await openSecond(browser, program.url, window, path);
  windows.push(other);
  return other;
}

/** Adds a task in one window and prints how long the others took to show it. */
async function timeToOthers(acting: Window, others: Record<string, Window>, title: string): Promise<void> {
  await acting.page.keyboard.press('q');
  await acting.page.keyboard.type(title);
  const pressed = await watch(acting.page, null);
  const seen = await Promise.all(Object.values(others).map(({ page }) => watch(page, title)));
  await acting.page.keyboard.press('Enter');
  const from = await pressed();
  for (const [index, name] of Object.keys(others).entries()) {
    const moment = (await seen[index]?.()) ?? Number.NaN;
    process.stdout.write(`from the key press to the screen of ${name}: ${(moment - from).toFixed(0)} ms\n`);
    expect(moment).toBeGreaterThan(from);
  }
  await acting.page.keyboard.press('Escape');
}

test('two windows of one person and one of another member of a shared space follow each other', async () => {
  const ada = await open();
  await signUpIn(ada, 'Ada Lovelace');
  await visit(ada.page, '/settings/spaces');
  await ada.page.getByRole('main').getByRole('button', { name: 'New shared space' }).click();
  await ada.page.getByLabel('Name of the space').fill('Regatta crew');
  await ada.page.keyboard.press('Enter');
  await ada.page.getByRole('button', { name: 'Make a link' }).click();
  const link = await ada.page.locator('code').innerText();

  const grace = await open();
  await grace.page.goto(link);
  await expect.poll(() => grace.page.getByRole('heading', { name: 'Join “Regatta crew”' }).count(), patience).toBe(1);
  await signUpIn(grace, 'Grace Hopper', `/sign-up?after=${new URL(link).pathname}`);
  await grace.page.getByRole('button', { name: 'Join' }).click();
  await grace.page.waitForURL('**/today');

  const inbox = (window: Window) =>
    window.page.getByRole('region', { name: 'Regatta crew' }).getByRole('link', { name: 'Inbox' });
  await inbox(ada).click();
  await inbox(grace).click();
  for (const { page } of [ada, grace]) await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor();
  const adaAgain = await openOther(ada, new URL(ada.page.url()).pathname);

  await timeToOthers(ada, { 'the same person': adaAgain, 'another member': grace }, 'Order a new spinnaker');
  await timeToOthers(grace, { 'the first window': ada, 'the second window': adaAgain }, 'Book the harbour berth');

  // What another member completes is ticked here before it leaves.
  await rowOf(grace.page, 'spinnaker').getByRole('checkbox').click();
  await rowOf(ada.page, 'spinnaker').locator('[aria-checked="true"]').waitFor();
  await expect.poll(() => rowOf(ada.page, 'spinnaker').count(), patience).toBe(0);

  // A member who is put out sees the space go.
  await visit(ada.page, '/settings/spaces');
  await ada.page.getByRole('main').getByRole('link', { name: 'Regatta crew' }).click();
  await ada.page.getByRole('button', { name: 'Remove Grace Hopper' }).click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => grace.page.getByRole('region', { name: 'Regatta crew' }).count(), patience).toBe(0);
});

test('what happens while a window is offline is there afterwards, from both sides, each once', async () => {
  const home = await open();
  await signUpIn(home, 'Ada Lovelace');
  await visit(home.page, '/inbox');
  await addTask(home.page, 'Before the break');
  const away = await openOther(home, '/inbox');
  await rowOf(away.page, 'Before the break').waitFor();

  await away.page.context().setOffline(true);
  await away.page.getByText('Offline.').waitFor();
  await addTask(away.page, 'Written at sea');
  await rowOf(away.page, 'Before the break').getByRole('checkbox').click();
  await away.page.getByText('Offline. 2 changes will be sent.').waitFor();
  for (const number of [1, 2, 3]) await addTask(home.page, `Written at home ${number}`);
  expect(await rowOf(away.page, 'Written at home').count()).toBe(0);
  expect(await rowOf(home.page, 'Written at sea').count()).toBe(0);

  await away.page.context().setOffline(false);
  await rowOf(home.page, 'Written at sea').waitFor();
  for (const { page } of [home, away]) {
    await expect.poll(() => rowOf(page, 'Written at home').count(), patience).toBe(3);
    await expect.poll(() => rowOf(page, 'Written at sea').count(), patience).toBe(1);
    await expect.poll(() => rowOf(page, 'Before the break').count(), patience).toBe(0);
  }
  // The break itself is no fault of the page, nor that parts which it was still bringing did not come.
  const ofTheBreak = /ERR_INTERNET_DISCONNECTED|Unable to preload CSS|Failed to fetch dynamically imported module/;
  away.complaints.splice(0, away.complaints.length, ...away.complaints.filter((one) => !ofTheBreak.test(one)));
});

test('a change that the server refuses is taken back and said', async () => {
  const ada = await open();
  await signUpIn(ada, 'Ada Lovelace');
  await visit(ada.page, '/inbox');
  await ada.page.route('**/api/v1/tasks', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      body: '{"code":"validation_failed","detail":"no room"}',
    }),
  );
  await ada.page.keyboard.press('q');
  await ada.page.keyboard.type('Does not fit');
  await ada.page.keyboard.press('Enter');
  await ada.page.getByText('The change was not accepted and is taken back. No room.').waitFor();
  expect(await rowOf(ada.page, 'Does not fit').count()).toBe(0);
  ada.complaints.splice(0, ada.complaints.length, ...ada.complaints.filter((one) => !one.includes('422')));
});

test('where WebSockets are blocked the window follows by Server-Sent Events', async () => {
  const home = await open();
  await signUpIn(home, 'Ada Lovelace');
  await visit(home.page, '/inbox');
  const blocked = await open({ storageState: await home.page.context().storageState() });
  await blocked.page.addInitScript(() => {
    // A proxy that lets no WebSocket through.
    window.WebSocket = class extends EventTarget {
      onerror: (() => void) | null = null;
      constructor() {
        super();
        setTimeout(() => this.onerror?.(), 10);
      }
      close(): void {}
      send(): void {}
    } as unknown as typeof WebSocket;
  });
  const streaming = blocked.page.waitForRequest((request) => request.url().includes('/sync/sse'));
  await visit(blocked.page, '/inbox');
  await streaming;
  await addTask(home.page, 'Told by the stream');
  await rowOf(blocked.page, 'Told by the stream').waitFor();
});
