import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { isChromiumLeftOut, leftOut, openPage } from '../kit/openPage.ts';
import { sharedBinary } from '../kit/sharedBinary.ts';

const serving = sharedBinary();

/** How many bytes each file of GraphiQL took from the network, after its editor has been shown. */
async function transfers(page: Page): Promise<Record<string, number>> {
  await page.locator('.graphiql-editor .view-line').first().waitFor();
  return page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const files = entries.filter(({ name }) => /\/graphiql\/[^/]+\.(js|css)$/.test(name));
    return Object.fromEntries(files.map(({ name, transferSize }) => [name, transferSize]));
  });
}

describe.skipIf(isChromiumLeftOut)(`GraphiQL${leftOut}`, () => {
  it('runs a query, and shows its editor on a second visit without loading its files again', async () => {
    const { page, errors } = await openPage(serving().url);
    const first = await transfers(page);

    await page.getByRole('button', { name: /Execute query/ }).click();
    await page.locator('.result-window .view-line', { hasText: '"data"' }).first().waitFor();
    await page.goto(serving().url);
    const second = await transfers(page);

    expect(Object.keys(first).length).toBeGreaterThanOrEqual(2);
    expect(Object.values(first)).not.toContain(0);
    // The second visit may load a worker that the first one did not need.
    expect(second).toMatchObject(Object.fromEntries(Object.keys(first).map((name) => [name, 0])));
    expect(errors).toEqual([]);
  });
});
