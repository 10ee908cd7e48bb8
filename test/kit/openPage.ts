import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { closeLater } from './closeLater.ts';

/** The browser of Debian; playwright's own downloads are not used. */
const executablePath = '/usr/bin/chromium';

/** Whether the console's tests are skipped because Chromium is missing. In CI they fail instead. */
export const isChromiumLeftOut = !existsSync(executablePath) && process.env['CI'] === undefined;
/** What the titles of these tests say then. */
export const leftOut = isChromiumLeftOut ? ' (left out: chromium is not installed)' : '';

export interface OpenPage {
  page: Page;
  /** Errors of the page: exceptions, and what it or the browser wrote as an error, such as a violated policy. */
  errors: string[];
}

let launched: Promise<Browser> | null = null;

/** One headless browser for all files of a worker. Playwright ends it when the worker exits. */
async function openBrowser(): Promise<Browser> {
  if (launched && (await launched).isConnected()) return launched;
  launched = chromium.launch({ executablePath, args: ['--no-sandbox'] });
  return launched;
}

/** A page in a browser context of its own, which shares nothing with other pages. Ends with the test. */
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
