/** Windows of a real browser on a running server, and what a person does in them. */
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../tools/chromium.ts';
import { password } from '../people.ts';

export interface Window {
  readonly page: Page;
  /** What the console, the page or the server complained of; empty when all is well. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export const wide = { width: 1440, height: 900 };
/** How long a change may take to show before it counts as lost. Generous: machines that test are busy. */
export const patience = { timeout: 15_000 };
export const narrow = { width: 360, height: 740 };

/** Before anyone is signed in the page asks who it is and is told that nobody is; the browser writes that down as an error. */
const isAskingWho = (url: string): boolean => url.endsWith('/api/v1/me');

export function openBrowser(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = ['--disable-gpu', '--disable-background-networking', ...asRoot];
  return chromium.launch({ executablePath: findChromium(), args });
}

/** A window of a person of their own: nothing is shared with other windows. */
export async function openWindow(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: wide,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  const page = await context.newPage();
  return { page, complaints: listenTo(page), close: () => context.close() };
}

/** Another browser of the same person, as on a second device: a tab behind another one would be slowed down. */
export async function openSecond(browser: Browser, url: string, window: Window, path: string): Promise<Window> {
  const second = await openWindow(browser, url, { storageState: await window.page.context().storageState() });
  await visit(second.page, path);
  return second;
}

function listenTo(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const { url } = message.location();
    const expected = message.text().includes('401') && isAskingWho(url);
    if (!expected) complaints.push(`console: ${message.text()} ${url}`);
  });
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 500) complaints.push(`server: ${answer.status()} ${answer.url()}`);
  });
  return complaints;
}

/** Fills the form of a new account and waits for what comes after it. Answers the address of the person. */
export async function signUpIn({ page }: Window, name: string, path = '/sign-up'): Promise<string> {
  const email = `${name.split(' ')[0]?.toLowerCase()}.${Date.now()}.${Math.floor(performance.now())}@example.org`;
  await page.goto(path);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-up'));
  return email;
}

/** The row of a task in the list, by a part of its title. */
export const rowOf = (page: Page, title: string): Locator =>
  page.locator('main li[data-task]', { has: page.locator('button[dir="auto"]', { hasText: title }) });

/** Goes to an address and waits until its screen stands. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Adds a task by the line at the top of the list. */
export async function addTask(page: Page, title: string): Promise<void> {
  await page.keyboard.press('q');
  await page.keyboard.type(title);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await rowOf(page, title).waitFor();
}

/** What waits in the page for something to happen, and the moment at which it did. */
interface Watching {
  moments?: Record<string, Promise<number>>;
}

/**
 * Begins to watch for a text, or for the press of Enter when there is none. Resolves when the page watches, with the way to ask for
 * the moment (milliseconds since 1970); asking rejects with what stands on the page when it does not come.
 */
export async function watch(page: Page, text: string | null): Promise<() => Promise<number>> {
  const name = text ?? 'Enter';
  await page.evaluate(
    ({ name, text, timeout }) => {
      const watching = window as unknown as Watching;
      const moment = new Promise<number>((resolve, reject) => {
        const seen = (): void => resolve(performance.timeOrigin + performance.now());
        const press = (event: KeyboardEvent): void => (event.key === 'Enter' ? seen() : undefined);
        const look = (): void => (document.body.textContent.includes(text ?? '') ? seen() : undefined);
        const what = { childList: true, subtree: true, characterData: true };
        if (text === null) addEventListener('keydown', press, true);
        else new MutationObserver(look).observe(document.body, what);
        setTimeout(() => reject(new Error(`no ${name} in: ${document.body.textContent}`)), timeout);
      });
      moment.catch(() => {});
      watching.moments = { ...watching.moments, [name]: moment };
    },
    { name, text, timeout: patience.timeout },
  );
  return () => page.evaluate((asked) => (window as unknown as Watching).moments?.[asked] ?? Number.NaN, name);
}
