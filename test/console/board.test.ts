import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { serveHere } from '../kit/serveHere.ts';
import { countOf, shownJournals, untilCounts, untilLive } from './kit/board.ts';

const createJournal = `mutation ($input: CreateJournalInput!, $key: String!) {
  createJournal(input: $input, idempotencyKey: $key) { __typename ... on CreateJournalSuccess { journal { id } } } }`;

async function createCash(url: string, amount: string, key: string): Promise<string> {
  const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount } };
  const { data } = await ask<{ createJournal: { journal: { id: string } } }>(url, createJournal, { input, key });
  return data?.createJournal.journal.id ?? '';
}

const originOf = (url: string) => new URL(url).origin;

describe.skipIf(isWithoutChromium)(`the console${skipNote}`, () => {
  it('creates a journal of each kind and shows them executed on the board without a reload', async () => {
    const { url } = await serveHere();
    const { page, errors } = await openPage(`${originOf(url)}/`);
    await untilLive(page);
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    const goTo = async (kind: string) => {
      await page.getByRole('link', { name: 'New journal' }).click();
      await page.getByRole('link', { name: kind, exact: true }).click();
    };

    await goTo('Cash');
    await page.getByLabel('From account').fill(sweep);
    await page.getByLabel('To account').fill(customer);
    await page.getByLabel('Amount').fill('10.25');
    await page.getByRole('button', { name: 'Move cash' }).click();
    await page.getByText('Created', { exact: true }).waitFor();

    await goTo('Securities');
    await page.getByLabel('From account').fill(sweep);
    await page.getByLabel('To account').fill(customer);
    await page.getByLabel('Symbol').fill('AAPL');
    await page.getByLabel('Quantity').fill('1.5');
    await page.getByRole('button', { name: 'Move securities' }).click();
    await page.getByText('Created', { exact: true }).waitFor();

    await goTo('Batch');
    await page.getByLabel('From account', { exact: true }).fill(sweep);
    for (const [index, account] of [customer, otherCustomer].entries()) {
      await page.getByRole('button', { name: 'Add a row' }).click();
      await page.getByLabel(`To account of row ${index + 1}`).fill(account);
      await page.getByLabel(`Amount of row ${index + 1}`).fill('1.10');
    }
    await page.getByRole('button', { name: 'Send 2 entries' }).click();
    await page.getByText('The batch was accepted').waitFor();

    await goTo('Reverse batch');
    await page.getByLabel('To account', { exact: true }).fill(sweep);
    await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByLabel('From account of row 1').fill(richCustomers[0]);
    await page.getByLabel('Amount of row 1').fill('2');
    await page.getByRole('button', { name: 'Send 1 entry' }).click();
    await page.getByText('The batch was accepted').waitFor();

    await page.getByRole('link', { name: 'Board', exact: true }).click();
    await untilCounts(page, { QUEUED: 0, SENT_TO_CLEARING: 0, EXECUTED: 4, ACTIVITY_CREATED: 1 });
    expect(await shownJournals(page)).toHaveLength(5);
    expect(await page.locator('.cellAmount').allInnerTexts()).toEqual(
      expect.arrayContaining(['10.25 USD', '1.5 AAPL', '1.10 USD', '2 USD']),
    );
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
    expect(errors).toEqual([]);
  });

  it('keeps the filter in the URL and counts every status with it', async () => {
    const { url } = await serveHere();
    await createCash(url, '1', 'a');
    await createCash(url, '60', 'b');
    const { page } = await openPage(`${originOf(url)}/`);
    await untilLive(page);
    await untilCounts(page, { ACTIVITY_CREATED: 1, PENDING: 1 });

    await page.getByRole('button', { name: /^Pending/ }).click();
    await page.getByText('All 1 loaded').waitFor();
    await page.getByLabel('To account').fill(customer);
    await page.waitForURL((location) => location.searchParams.get('to') === customer);
    expect(new URL(page.url()).searchParams.get('status')).toBe('PENDING');
    await page.reload();
    await page.getByText('All 1 loaded').waitFor();

    await untilCounts(page, { ACTIVITY_CREATED: 1, PENDING: 1 });
    expect(await page.locator('.cellAmount').nth(1).innerText()).toBe('60 USD');
    await page.getByLabel('To account').fill(otherCustomer);
    await page.getByText('No journal matches these filters.').waitFor();
    expect(await countOf(page, 'PENDING')).toBe(0);
  });

  it('deletes a pending journal after a confirmation', async () => {
    const { url } = await serveHere();
    const id = await createCash(url, '60', 'a');
    const { page, errors } = await openPage(`${originOf(url)}/journals/${id}`);

    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();

    await page.locator('.timeline .badge', { hasText: 'Canceled' }).waitFor();
    expect(await page.locator('.timeline .badge').allInnerTexts()).toEqual(['Queued', 'Pending', 'Canceled']);
    expect(await page.getByRole('button', { name: 'Delete…' }).count()).toBe(0);
    expect(errors).toEqual([]);
  });
});
