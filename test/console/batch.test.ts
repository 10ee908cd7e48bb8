import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { serveHere } from '../kit/serveHere.ts';
import { untilCounts } from './kit/board.ts';

/** Returns 200 rows, three of which are invalid: one has a bad account, one a decimal comma, one an amount of zero. */
function csv(): string {
  const rows = Array.from({ length: 200 }, (_, index) => {
    const account = index === 9 ? 'nobody' : index % 2 ? customer : otherCustomer;
    const amount = index === 20 ? '"12,50"' : index === 33 ? '0' : `0.${String(index + 1).padStart(3, '0')}`;
    return `${account},${amount},salary ${index + 1}`;
  });
  return ['to_account,amount,description', ...rows].join('\n');
}

describe.skipIf(isWithoutChromium)(`a batch in the console${skipNote}`, () => {
  it('is dropped as CSV, checked row by row, summed exactly, and executed without its bad rows', async () => {
    const { url } = await serveHere();
    const { page, errors } = await openPage(`${new URL(url).origin}/new/batch`);
    await page.getByLabel('From account', { exact: true }).fill(sweep);

    const file = await page.evaluateHandle((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'payroll.csv', { type: 'text/csv' }));
      return data;
    }, csv());
    await page.locator('[data-drop="csv"]').dispatchEvent('drop', { dataTransfer: file });
    await page.locator('[data-summary="problems"]', { hasText: '3' }).waitFor();
    await page.getByRole('button', { name: /^Show the first row with a problem: row 10$/ }).click();
    await page.locator('[data-row="10"]', { hasText: 'An account is a UUID' }).waitFor();
    expect(await page.getByRole('button', { name: 'Send 200 entries' }).isDisabled()).toBe(true);

    await page.getByRole('button', { name: 'Leave out the rows with problems' }).click();
    // 0.001 + … + 0.200 is 20.1, from which the amounts of the rows 10, 21 and 34 are missing.
    expect(await page.locator('[data-summary="sum"]').innerText()).toBe('20.035');
    await page.getByRole('button', { name: 'Send 197 entries' }).click();

    await page.locator('[data-summary="executed"]', { hasText: '197' }).waitFor();
    await page.getByRole('link', { name: 'To the board' }).click();
    await untilCounts(page, { EXECUTED: 197, QUEUED: 0, SENT_TO_CLEARING: 0 });
    expect(errors).toEqual([]);
  });

  it('survives a reload with its key and its rows', async () => {
    const { url } = await serveHere();
    const { page } = await openPage(`${new URL(url).origin}/new/batch`);
    await page.getByLabel('From account', { exact: true }).fill(sweep);
    await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByLabel('Amount of row 1').fill('7.77');
    const key = await page.locator('.keyLine').innerText();

    await page.reload();

    expect(await page.locator('.keyLine').innerText()).toBe(key);
    expect(await page.getByLabel('Amount of row 1').inputValue()).toBe('7.77');
  });
});
