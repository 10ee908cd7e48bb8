import type { Page } from 'playwright-core';

/** Waits until the board is live. */
export async function untilLive(page: Page): Promise<void> {
  await page.locator('[data-state="live"]').waitFor();
}

/** Returns the count that the status diagram shows for a status. */
export async function countOf(page: Page, status: string): Promise<number> {
  return Number((await page.locator(`[data-count="${status}"]`).innerText()).replaceAll(',', ''));
}

/** Waits until the status diagram shows these counts. @throws with the counts that it shows if it does not in time */
export async function untilCounts(page: Page, expected: Record<string, number>): Promise<void> {
  await page.waitForFunction(
    (counts) =>
      Object.entries(counts).every(
        ([status, count]) => document.querySelector(`[data-count="${status}"]`)?.textContent === String(count),
      ),
    expected,
  );
}

/** Returns the ids of the journals in the table, from top to bottom. */
export async function shownJournals(page: Page): Promise<string[]> {
  const rows = await page.locator('[data-journal]').all();
  const placed = await Promise.all(
    rows.map(async (row) => ({
      index: Number(await row.getAttribute('data-index')),
      id: (await row.getAttribute('data-journal')) ?? '',
    })),
  );
  return placed.sort((first, second) => first.index - second.index).map(({ id }) => id);
}
