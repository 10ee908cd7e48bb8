import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { serveHere } from '../kit/serveHere.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { untilLive } from './kit/board.ts';

describe.skipIf(isWithoutChromium)(`a gateway with AUTH and its console${skipNote}`, () => {
  it('asks for a key, keeps it for the tab, and signs out when the key is withdrawn', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    const [screen, other] = [newKey('screen'), newKey('other')];
    await writeKeyFile(file, [screen, other]);
    const { url } = await serveHere({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
    const { page } = await openPage(`${new URL(url).origin}/`);
    const signIn = async (key: string) => {
      await page.getByLabel('API key or token').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };

    await page.locator('[data-state="signedOut"]').waitFor();
    await signIn('jgw_wrong');
    await page.getByText('does not accept the key').waitFor();
    await signIn(screen.key);
    await untilLive(page);
    await page.reload();
    await untilLive(page);
    await writeKeyFile(file, [other]);
    await page.locator('[data-state="signedOut"]').waitFor();
    await signIn(other.key);
    await untilLive(page);
    await page.getByRole('button', { name: 'Sign out' }).click();

    await page.getByLabel('API key or token').waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem('credential'))).toBeNull();
  });

  it('explains in plain words that a key may not move money', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    const screen = newKey('screen');
    await writeKeyFile(file, [screen]);
    const { url } = await serveHere({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
    const { page } = await openPage(`${new URL(url).origin}/new/cash`);
    await page.getByLabel('API key or token').fill(screen.key);
    await page.getByRole('button', { name: 'Sign in' }).click();

    await page.getByLabel('From account').fill(sweep);
    await page.getByLabel('To account').fill(customer);
    await page.getByLabel('Amount').fill('1');
    await page.getByRole('button', { name: 'Move cash' }).click();

    await page.getByText('The gateway refused the request').waitFor();
    expect(await page.getByText('Nothing was moved.').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Try again with the same key' }).count()).toBe(0);
  });
});
