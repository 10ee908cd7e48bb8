import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { serveHere } from '../kit/serveHere.ts';
import { sharedBinary } from '../kit/sharedBinary.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

const serving = sharedBinary();

/** Waits for GraphiQL's editor. Returns how many bytes of each of its files were transferred over the network. */
async function transfers(page: Page): Promise<Record<string, number>> {
  await page.locator('.graphiql-editor .view-line').first().waitFor();
  return page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const files = entries.filter(({ name }) => /\/graphiql\/[^/]+\.(js|css)$/.test(name));
    return Object.fromEntries(files.map(({ name, transferSize }) => [name, transferSize]));
  });
}

const createCash = `mutation {
  createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }, idempotencyKey: "1") {
    __typename
  }
}`;

/** Replaces the text of an editor. */
async function write(page: Page, editor: Locator, text: string): Promise<void> {
  await editor.locator('.view-line').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

async function untilShown(page: Page, editor: string, text: string): Promise<void> {
  await page.locator(`${editor} .view-line`, { hasText: text }).first().waitFor();
}

/** Waits until GraphiQL has stored a text, which it does half a second after the last change. */
async function untilStored(page: Page, text: string): Promise<void> {
  await page.waitForFunction((part) => localStorage.getItem('graphiql:tabState')?.includes(part), text);
}

function runQuery(page: Page): Promise<void> {
  return page.getByRole('button', { name: /Execute query/ }).click();
}

describe.skipIf(isWithoutChromium)(`GraphiQL${skipNote}`, () => {
  it('runs a query, and shows its editor on a second visit without loading its files again', async () => {
    const { page, errors } = await openPage(serving().url);
    const first = await transfers(page);

    await runQuery(page);
    await untilShown(page, '.result-window', '"data"');
    await page.goto(serving().url);
    const second = await transfers(page);

    expect(Object.keys(first).length).toBeGreaterThanOrEqual(2);
    expect(Object.values(first)).not.toContain(0);
    // The second visit may load a worker that the first one did not need.
    expect(second).toMatchObject(Object.fromEntries(Object.keys(first).map((name) => [name, 0])));
    expect(errors).toEqual([]);
  });

  it('shows the example on the first visit, and on later ones the tabs of the last visit and no other', async () => {
    const { page, errors } = await openPage(serving().url);
    const query = page.locator('.graphiql-query-editor');
    const tabs = page.locator('.graphiql-tab');
    await untilShown(page, '.graphiql-query-editor', 'createJournal');
    await runQuery(page);
    await untilStored(page, 'createJournal');

    await page.goto(serving().url);
    await untilShown(page, '.graphiql-query-editor', 'createJournal');
    expect(await tabs.count()).toBe(1);
    await runQuery(page);
    await untilShown(page, '.result-window', '"data"');
    await page.getByRole('button', { name: 'New tab' }).click();
    await tabs.nth(1).waitFor();
    await write(page, query, 'query Second { __typename }');
    await untilStored(page, 'query Second');

    for (const visit of [() => page.goto(serving().url), () => page.reload()]) {
      await visit();
      await untilShown(page, '.graphiql-query-editor', 'Second');
      expect(await tabs.count()).toBe(2);
    }
    await runQuery(page);
    await untilShown(page, '.result-window', '"Query"');
    expect(errors).toEqual([]);
  });

  it('sends the key from its headers editor with queries and subscriptions, and does not store it', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    const { key, entry } = newKey('operator', { scopes: ['journals:read', 'journals:write'], fromAccounts: [sweep] });
    await writeKeyFile(file, [{ key, entry }]);
    const { url } = await serveHere({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
    const { page } = await openPage(url);
    const authorization = `Bearer ${key}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const ask = async (document: string) =>
      (
        await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: document }) })
      ).json() as Promise<unknown>;
    const { data } = (await ask('{ journalStatusCursor }')) as { data: { journalStatusCursor: string } };
    await ask(createCash);
    const query = page.locator('.graphiql-query-editor');

    await write(page, query, '{ journals(first: 1) { nodes { id } } }');
    await runQuery(page);
    await untilShown(page, '.result-window', 'UNAUTHENTICATED');
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await write(
      page,
      page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)'),
      JSON.stringify({ authorization }),
    );
    await runQuery(page);
    await untilShown(page, '.result-window', '"nodes"');
    const after = JSON.stringify(data.journalStatusCursor);
    await write(page, query, `subscription Changes { journalStatusChanged(after: ${after}) { statusTo } }`);
    await runQuery(page);
    await untilShown(page, '.result-window', '"statusTo"');
    await untilStored(page, 'subscription Changes');

    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(key);
  });
});
