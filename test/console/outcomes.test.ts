import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { control } from '../kit/control.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import type { OpenPage } from '../kit/openPage.ts';
import { untilCounts } from './kit/board.ts';
import { startConsole } from './kit/startConsole.ts';

const retry = { name: /^Try again with the same key/ };

/** Opens a console in front of a new sandbox and fills in the form for a cash journal. */
async function openForm() {
  const { sandbox, origin } = await startConsole();
  const opened: OpenPage = await openPage(`${origin}/new/cash`);
  const { page } = opened;
  await page.getByLabel('From account').fill(sweep);
  await page.getByLabel('To account').fill(customer);
  await page.getByLabel('Amount').fill('10');
  const send = () => page.getByRole('button', { name: 'Move cash' }).click();
  return { sandbox, origin, page, send };
}

describe.skipIf(isWithoutChromium)(`the outcome of a request in the console${skipNote}`, () => {
  it('is unknown after a cut, survives a reload, and is settled by the same key without a second journal', async () => {
    const { origin, page, send } = await openForm();
    // The request arrives at the gateway, but its response does not arrive at the page.
    let isCut = true;
    await page.route('**/graphql', async (route) => {
      if (!isCut || !(route.request().postData() ?? '').includes('mutation')) return route.continue();
      isCut = false;
      await route.fetch();
      return route.abort();
    });
    const key = await page.locator('.keyLine').innerText();

    await send();
    await page.getByText('It may or may not have been carried out.').waitFor();
    expect(await page.getByLabel('Amount').isDisabled()).toBe(true);
    await page.reload();
    await page.getByText('It may or may not have been carried out.').waitFor();
    expect(await page.locator('.keyLine').innerText()).toBe(key);
    await page.getByRole('button', retry).click();
    await page.getByText('Already created by an earlier request with this key').waitFor();

    await page.goto(`${origin}/`);
    await untilCounts(page, { ACTIVITY_CREATED: 1, EXECUTED: 0 });
  });

  it('offers no retry if it is a refusal, and a corrected request gets a new key', async () => {
    const { page, send } = await openForm();
    await page.getByLabel('Amount').fill('999999');
    const key = await page.locator('.keyLine').innerText();

    await send();

    await page.getByText('The paying account has too little cash').waitFor();
    expect(await page.getByRole('button', retry).count()).toBe(0);
    expect(await page.locator('.keyLine').innerText()).not.toBe(key);
    await page.getByLabel('Amount').fill('10');
    await send();
    await page.getByText('Created', { exact: true }).waitFor();
  });

  it('offers a retry with the same key if the rate limit was exceeded', async () => {
    const { sandbox, page, send } = await openForm();
    await control(sandbox, 'PUT', 'faults', {
      seed: 1,
      faults: [{ kind: 'rateLimited', resetMs: 90_000, operations: ['createJournal'] }],
    });
    const key = await page.locator('.keyLine').innerText();

    await send();

    await page.getByText('Not done: the API limits how often it may be called').waitFor();
    expect(await page.getByRole('button', retry).count()).toBe(1);
    expect(await page.locator('.keyLine').innerText()).toBe(key);
  });
});
