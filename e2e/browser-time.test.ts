/** Time in the browser: a line that is understood while it is typed, rules, reminders, banners, the list of notifications. */
import type { Browser, Locator, Page } from 'playwright-core';
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

/** A new person on the screen of today. */
async function begin(options: Parameters<typeof openWindow>[2] = {}): Promise<void> {
  window = await openWindow(browser, program.url, options);
  ({ page } = window);
  await signUpIn(window, 'Ada Lovelace');
  // Lists and tasks have come.
  await page.getByText('Nothing is due today.').waitFor();
}

const line = (): Locator => page.getByRole('textbox', { name: 'New task' });
const tinted = (): Promise<string[]> => page.locator('form mark').allInnerTexts();
const detail = (): Locator => page.getByRole('complementary', { name: 'Task' });
const toast = (): Locator => page.getByRole('status').filter({ hasText: /^Done/ });

/** Asks the API as the person who is signed in. */
function ask(method: string, path: string, body?: unknown): Promise<{ id: string }> {
  return page.evaluate(
    async ([verb, address, text]) => {
      const sent = text ? { body: text, headers: { 'content-type': 'application/json' } } : {};
      const answer = await fetch(address as string, { method: verb as string, ...sent });
      if (!answer.ok) throw new Error(`${verb} ${address}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    [method, path, body === undefined ? null : JSON.stringify(body)],
  );
}

test('a line is understood while it is typed, read back with its next dates, and becomes a task with all of it', async () => {
  await begin();
  await page.keyboard.press('q');
  await page.keyboard.type('Pay rent every month on the 1st at 9am @home p1');
  await expect.poll(tinted, patience).toEqual(['every month on the 1st', 'at 9am', '@home', 'p1']);
  const reading = page.locator('form').getByRole('status');
  expect(await reading.innerText()).toContain('every month on the 1st at 09:00');
  expect(await reading.getByRole('time').count()).toBe(5);
  await page.keyboard.press('Enter');
  expect(await line().inputValue()).toBe('');
  await page.keyboard.press('Escape');
  await visit(page, '/all');
  await rowOf(page, 'Pay rent').click();
  await expect.poll(() => detail().innerText(), patience).toContain('every month on the 1st at 09:00');
  expect(await detail().innerText()).toMatch(/#?home/);
  expect(await detail().innerText()).toContain('High');
  expect(await rowOf(page, 'Pay rent').innerText()).toContain('Repeats every month on the 1st at 09:00');
});

test('a tinted word can be taken as plain text, and typing goes on', async () => {
  await begin();
  await page.keyboard.press('q');
  await page.keyboard.type('Watch Friday');
  await expect.poll(tinted, patience).toEqual(['Friday']);
  await page.keyboard.press('Backspace');
  await expect.poll(tinted, patience).toEqual([]);
  expect(await line().inputValue()).toBe('Watch Friday');
  await page.keyboard.type(' tomorrow');
  await expect.poll(tinted, patience).toEqual(['tomorrow']);
  await page.keyboard.press('Escape');
  await expect.poll(tinted, patience).toEqual([]);
  await page.keyboard.press('Enter');
  await rowOf(page, 'Watch Friday tomorrow').waitFor();
});

test('without the server a line is understood all the same, and sent when it is back', async () => {
  await begin();
  await page.keyboard.press('q');
  await page.keyboard.type('First tomorrow');
  await expect.poll(tinted, patience).toEqual(['tomorrow']);
  await page.keyboard.press('Enter');
  await page.context().setOffline(true);
  await page.keyboard.type('Row to the island every day');
  await expect.poll(tinted, patience).toEqual(['every day']);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await rowOf(page, 'Row to the island').getByText('Repeats every day').waitFor();
  await page.context().setOffline(false);
  await expect
    .poll(async () => JSON.stringify(await ask('GET', '/api/v1/tasks?search=island').catch(() => null)), patience)
    .toContain('FREQ=DAILY');
  window.complaints.splice(0);
});

test('a rule is chosen among likely ones, changed in a form, and its next instance is told when one is done', async () => {
  await begin();
  await addTask(page, 'Water the plants');
  await rowOf(page, 'Water the plants').focus();
  await page.keyboard.press('r');
  const editor = page.getByRole('dialog', { name: 'Repeat' });
  await editor.getByRole('option', { name: 'Every day' }).hover();
  await expect.poll(() => editor.getByRole('time').count(), patience).toBe(5);
  await editor.getByRole('option', { name: 'Every day' }).click();
  await rowOf(page, 'Water the plants').getByText('Repeats every day').waitFor();

  await rowOf(page, 'Water the plants').click();
  await detail().getByRole('button', { name: 'Repeats' }).click();
  await editor.getByRole('option', { name: 'Custom' }).click();
  await editor.getByRole('spinbutton', { name: 'How many' }).fill('3');
  await editor.getByRole('combobox', { name: 'Unit' }).selectOption('daily');
  await editor.getByRole('combobox', { name: 'Ends' }).selectOption('after_occurrences');
  await editor.getByRole('spinbutton', { name: 'How many in all' }).fill('4');
  await expect.poll(() => editor.getByRole('status').innerText(), patience).toContain('Every 3 days');
  expect(await editor.getByRole('time').count()).toBe(4);
  await editor.getByRole('button', { name: 'Set' }).click();
  await expect.poll(() => detail().innerText(), patience).toContain('every 3 days');

  await detail().getByRole('checkbox', { name: 'Complete: Water the plants' }).click();
  await expect.poll(() => toast().innerText(), patience).toMatch(/^Done\. Next: \w{3} \d+ \w{3}/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await rowOf(page, 'Water the plants').waitFor();
});

test('a date of a task that repeats is asked for: this one, those that follow, or all', async () => {
  await begin();
  await page.keyboard.press('q');
  await page.keyboard.type('Sweep the deck every day');
  await expect.poll(tinted, patience).toEqual(['every day']);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await rowOf(page, 'Sweep the deck').focus();
  await page.keyboard.press('d');
  await page.getByRole('dialog', { name: 'Due' }).getByRole('button', { name: 'Tomorrow' }).click();
  const question = page.getByRole('dialog', { name: 'Change which ones?' });
  await question.getByRole('radio', { name: 'This one only' }).check();
  await question.getByRole('button', { name: 'Change' }).click();
  await visit(page, '/upcoming');
  await rowOf(page, 'Sweep the deck').waitFor();
  await rowOf(page, 'Sweep the deck').click();
  await detail().getByText('Series').click();
  await detail().getByText('None done yet').waitFor();
  await detail().getByRole('button', { name: 'Repeats' }).click();
  await page.getByRole('dialog', { name: 'Repeat' }).getByRole('button', { name: 'Stop repeating' }).click();
  await expect.poll(() => detail().innerText(), patience).toContain('Does not repeat');
});

test('a reminder tells its time, comes as a banner, can be snoozed and completed, and says why it came', async () => {
  await begin();
  await addTask(page, 'Turn the tide clock');
  await rowOf(page, 'Turn the tide clock').focus();
  await page.keyboard.press('b');
  const editor = page.getByRole('dialog', { name: 'Remind' });
  await editor.getByRole('checkbox', { name: '1 hour before' }).check();
  expect(await editor.getByText('1 hour before').locator('..').getByRole('time').innerText()).toMatch(/\d\d:\d\d/);
  await editor.getByRole('spinbutton', { name: 'How long before' }).fill('2');
  await editor.getByRole('combobox', { name: 'Unit' }).selectOption({ label: 'days before' });
  await editor.getByRole('button', { name: 'Add: Another time before' }).click();
  await editor.getByText('2 days before').waitFor();
  await editor.getByRole('button', { name: 'Done' }).click();

  const soon = new Date(Date.now() + 4000).toISOString();
  const later = new Date(Date.now() + 3_600_000).toISOString();
  await ask('POST', '/api/v1/tasks', { title: 'Weigh anchor', due_at: later, reminders: [{ at: soon }] });
  const banner = page.getByRole('region', { name: 'Reminders' }).getByRole('article');
  await banner.getByText('Weigh anchor').waitFor(patience);
  await page.getByRole('link', { name: /^Notifications ?1$/ }).waitFor(patience);
  await banner.getByRole('button', { name: 'Snooze' }).click();
  await page.getByRole('menuitem', { name: 'In 10 minutes' }).click();
  await expect.poll(() => banner.count(), patience).toBe(0);
  await page.getByText(/Snoozed until today/).waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
  const row = page
    .getByRole('list', { name: 'Notifications' })
    .getByRole('listitem')
    .filter({ hasText: 'Weigh anchor' });
  await row.getByText('Snoozed until').waitFor();
  await row.getByRole('button', { name: 'Why did I get this?' }).click();
  await expect
    .poll(() => row.getByRole('list', { name: 'Why did I get this?' }).getByRole('listitem').count(), patience)
    .toBeGreaterThan(2);
  await row.getByRole('checkbox', { name: 'Complete: Weigh anchor' }).click();
  await page.getByText('Done.').waitFor();
});

test('each way to be told can be turned on and off, and a test comes to the application at once', async () => {
  await begin();
  await visit(page, '/settings/notifications');
  const banner = page.getByRole('region', { name: 'Reminders' }).getByRole('article').first();
  await page.getByRole('button', { name: 'Send a test: In the application' }).click();
  // What comes while the page is still being loaded is in the list at once, and no banner tells of it.
  const sendAgain = () => page.getByRole('button', { name: 'Send a test: In the application' }).click();
  await banner.waitFor({ timeout: 5_000 }).catch(sendAgain);
  await banner.waitFor(patience);
  while ((await banner.count()) > 0) await banner.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('button', { name: 'Send a test: Push to this browser' }).click();
  await page.getByText('The test message was not sent: there is nowhere to send it to.').waitFor();
  await page.getByRole('checkbox', { name: 'E-mail', exact: true }).uncheck();
  await page.getByRole('checkbox', { name: 'Webhooks' }).check();
  await page.getByLabel('Name').fill('Harbour board');
  await page.getByLabel('Address').fill('https://hooks.example.org/daymark');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await page.getByText('Copy the signing secret now.').waitFor();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByText('Deliveries').click();
  await page.getByText('Nothing was sent yet.').waitFor();
  await page.getByRole('button', { name: 'Delete Harbour board' }).click();
  await page.getByText('No webhook yet.').waitFor();
  await page.getByLabel('Phone number').fill('+49 151 12345678');
  await page.getByRole('checkbox', { name: 'Daily digest by e-mail' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.reload();
  expect(await page.getByLabel('Phone number').inputValue()).toBe('+4915112345678');
  expect(await page.getByRole('checkbox', { name: 'E-mail', exact: true }).isChecked()).toBe(false);
});

test('on a telephone the editors and the banner fit, and what is new shows below', async () => {
  await begin({ viewport: narrow, hasTouch: true, isMobile: true });
  await page.getByRole('button', { name: 'Add task' }).tap();
  await line().fill('Check the bilge every week');
  await expect.poll(tinted, patience).toEqual(['every week']);
  await page.getByRole('button', { name: 'Add', exact: true }).tap();
  await line().press('Escape');
  const fits = async (): Promise<void> => {
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  };
  await visit(page, '/all');
  await rowOf(page, 'Check the bilge').tap();
  await detail().getByRole('button', { name: 'Repeats' }).tap();
  const editor = page.getByRole('dialog', { name: 'Repeat' });
  await editor.getByRole('option', { name: 'Custom' }).tap();
  const box = await editor.boundingBox();
  expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= narrow.width).toBe(true);
  await fits();
  await page.keyboard.press('Escape');
  await visit(page, '/notifications');
  await fits();
  await visit(page, '/settings/notifications');
  await fits();
});

test('what is pushed is shown, save a reminder whose banner is being looked at', async () => {
  await begin();
  await page.context().grantPermissions(['notifications'], { origin: program.url });
  const registered = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
    return registration.scope;
  });
  expect(registered).toBe(`${program.url}/`);
  const devtools = await page.context().newCDPSession(page);
  const version = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [mine] = registrations;
      if (mine) resolve(mine.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  const push = async (key: string, kind: string): Promise<void> => {
    const message = { key, kind, subject: 'Weigh anchor', text: `Due at 09:00 (${kind})`, url: null, data: {} };
    const at = { origin: program.url, registrationId: await version };
    await devtools.send('ServiceWorker.deliverPushMessage', { ...at, data: JSON.stringify(message) });
  };
  await page.bringToFront();
  await push('k1', 'reminder');
  await push('k2', 'test');
  const shown = (): Promise<string[]> =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map((one) => `${one.title}: ${one.body}`);
    });
  await expect.poll(shown, patience).toEqual(['Weigh anchor: Due at 09:00 (test)']);
});
