import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type * as AxeCore from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { serveHere } from '../kit/serveHere.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { untilLive } from './kit/board.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Returns the violations that axe-core finds on the page in light and in dark mode, one line for each element. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(async (values) => {
      const { axe } = globalThis as unknown as { axe: typeof AxeCore };
      const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'] } satisfies AxeCore.RunOptions;
      const { violations } = await axe.run(document, options);
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
    }, rules);
    found.push(...violations.map((violation) => `${new URL(page.url()).pathname} in ${colorScheme}: ${violation}`));
  }
  return found;
}

const createJournal = `mutation ($input: CreateJournalInput!, $key: String!) {
  createJournal(input: $input, idempotencyKey: $key) { ... on CreateJournalSuccess { journal { id } } } }`;

async function createCash(url: string, amount: string, key: string): Promise<string> {
  const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount, description: key } };
  const { data } = await ask<{ createJournal: { journal: { id: string } } }>(url, createJournal, { input, key });
  return data?.createJournal.journal.id ?? '';
}

describe.skipIf(isWithoutChromium)(`the console has no violation that axe-core finds${skipNote}`, () => {
  it.each([1_280, 360])(
    'on any page in light and in dark mode, %i pixels wide',
    async (width) => {
      const { url } = await serveHere();
      const { origin } = new URL(url);
      await createCash(url, '1', 'executed');
      const pending = await createCash(url, '60', 'pending');
      const { page } = await openPage(`${origin}/`, { viewport: { width, height: 900 } });
      const violations: string[] = [];
      const check = async () => violations.push(...(await violationsOf(page)));

      await untilLive(page);
      await page.getByText('All 2 loaded').waitFor();
      await page.getByRole('button', { name: /^Pending/ }).click();
      await page.getByLabel('From account').fill('not yet');
      await check();
      await page.getByLabel('From account').fill(pending);
      await page.getByText('No journal matches these filters.').waitFor();
      await check();
      await page.goto(`${origin}/journals/${pending}`);
      await page.getByRole('button', { name: 'Show personal data' }).click();
      await page.locator('.timeline .badge').first().waitFor();
      await check();
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByRole('alertdialog').waitFor();
      await check();
      await page.goto(`${origin}/new/cash`);
      await page.getByText('Travel Rule').click();
      await page.getByRole('button', { name: 'Move cash' }).click();
      await page.getByText('Enter the amount').waitFor();
      await check();
      await page.goto(`${origin}/new/securities`);
      await page.getByRole('button', { name: 'Move securities' }).waitFor();
      await check();
      await page.goto(`${origin}/new/reverse-batch`);
      await page.getByRole('button', { name: 'Add a row' }).click();
      await check();
      await page.goto(`${origin}/new/batch`);
      await page.getByLabel('From account', { exact: true }).fill(sweep);
      await page.getByRole('button', { name: 'Add a row' }).click();
      await page.getByLabel('To account of row 1').fill('nobody');
      await check();
      await page.getByLabel('To account of row 1').fill(customer);
      await page.getByLabel('Amount of row 1').fill('1');
      await page.getByRole('button', { name: 'Send 1 entry' }).click();
      await page.getByText('The batch was accepted').waitFor();
      await check();
      await page.goto(`${origin}/sandbox`);
      await page.getByRole('button', { name: 'End the day' }).click();
      await page.getByText('The day has ended').waitFor();
      await check();

      expect(violations).toEqual([]);
    },
    120_000,
  );

  it('on the sign-in page in light and in dark mode', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    await writeKeyFile(file, [newKey('screen')]);
    const { url } = await serveHere({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
    const { page } = await openPage(`${new URL(url).origin}/`);
    await page.getByLabel('API key or token').waitFor();

    expect(await violationsOf(page)).toEqual([]);
  });
});
