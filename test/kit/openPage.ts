import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { closeLater } from './closeLater.ts';

/** Debian's Chromium. Playwright's own downloads are not used. */
const executablePath = '/usr/bin/chromium';

/** Whether to skip tests that need Chromium, because it is not installed. In CI such tests fail instead. */
export const isWithoutChromium = !existsSync(executablePath) && process.env['CI'] === undefined;
/** Appended to the titles of skipped tests; otherwise empty. */
export const skipNote = isWithoutChromium ? ' (skipped: chromium is not installed)' : '';

export interface OpenPage {
  page: Page;
  /** Uncaught exceptions of the page, and errors in its console, such as violations of its security policy. */
  errors: string[];
}

let launched: Promise<Browser> | null = null;

/** Returns the headless browser that all test files of a worker share. Playwright ends it when the worker exits. */
async function openBrowser(): Promise<Browser> {
  if (launched && (await launched).isConnected()) return launched;
  launched = chromium.launch({ executablePath, args: ['--no-sandbox'] });
  return launched;
}

/** Opens a page in its own browser context, which shares nothing with other pages. It is closed when the test ends. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await (await openBrowser()).newContext({ viewport: { width: 1_280, height: 900 }, ...options });
  closeLater(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(url);
  return { page, errors };
}
