import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { shownJournals, untilLive } from './kit/board.ts';
import { startConsole } from './kit/startConsole.ts';

/** What has the focus: its name, whether an outline shows it, and whether it is in the window and not covered. */
function focused(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { left, top, width, height } = element.getBoundingClientRect();
    const atCentre = document.elementFromPoint(left + width / 2, top + height / 2);
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.innerText : undefined;
    return {
      name: (element.getAttribute('aria-label') ?? label ?? element.innerText).trim().split('\n')[0] ?? '',
      isOutlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
      isVisible: element.contains(atCentre),
    };
  });
}

/**
 * Presses Tab, and waits while a guard at an end of a dialog has the focus: it passes the focus on to the other end.
 */
async function pressTab(page: Page): Promise<void> {
  await page.keyboard.press('Tab');
  await page.waitForFunction(() => !document.activeElement?.hasAttribute('data-base-ui-focus-guard'));
}

/**
 * Presses Tab until an element with this name has the focus.
 *
 * @returns the names of passed elements that are not visible
 */
async function tabTo(page: Page, name: string): Promise<string[]> {
  const hidden: string[] = [];
  for (let count = 0; count < 60; count += 1) {
    await pressTab(page);
    const found = await focused(page);
    if (!found.isOutlined || !found.isVisible) hidden.push(found.name);
    if (found.name === name) return hidden;
  }
  throw new Error(`Tab does not reach ${name}`);
}

/** Returns the journal of the row that has the focus. */
function focusedJournal(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.closest('[data-journal]')?.getAttribute('data-journal') ?? null);
}

/** Presses a key and waits until another row has the focus. */
async function move(page: Page, key: string): Promise<string | null> {
  const before = await focusedJournal(page);
  await page.keyboard.press(key);
  await page.waitForFunction((id) => {
    const now = document.activeElement?.closest('[data-journal]')?.getAttribute('data-journal');
    return now != null && now !== id;
  }, before);
  return focusedJournal(page);
}

describe.skipIf(isWithoutChromium)(`without a mouse, the console${skipNote}`, () => {
  it('moves the focus between the rows of the table, even while new journals move the rows down', async () => {
    const { origin, createAtApi } = await startConsole();
    for (let amount = 1; amount <= 40; amount += 1) await createAtApi(String(amount));
    const { page } = await openPage(`${origin}/`);
    await untilLive(page);
    await page.getByText('All 40 loaded').waitFor();
    const ids = await shownJournals(page);

    await page.locator('[data-index="0"] a').focus();
    expect(await move(page, 'ArrowDown')).toBe(ids[1]);
    expect(await move(page, 'ArrowDown')).toBe(ids[2]);
    expect(await move(page, 'ArrowUp')).toBe(ids[1]);
    await createAtApi('41');
    await page.getByText('All 41 loaded').waitFor();
    expect(await focusedJournal(page)).toBe(ids[1]);
    expect(await move(page, 'ArrowDown')).toBe(ids[2]);
    const last = await move(page, 'End');
    expect(await page.locator(`[data-journal="${last}"]`).getAttribute('aria-rowindex')).toBe('42');
    expect((await focused(page)).isVisible).toBe(true);
    await move(page, 'Home');
    expect(await focused(page)).toMatchObject({ isVisible: true, isOutlined: true });

    const [newest] = await shownJournals(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/journals/${newest}`);
  });

  it('is not scrolled by new journals after its user has scrolled', async () => {
    const { origin, createAtApi } = await startConsole();
    for (let amount = 1; amount <= 40; amount += 1) await createAtApi(String(amount));
    const { page } = await openPage(`${origin}/`);
    await untilLive(page);
    await page.getByText('All 40 loaded').waitFor();
    const watched = page.locator('[data-index="20"]');
    const id = await watched.getAttribute('data-journal');
    await watched.scrollIntoViewIfNeeded();
    const row = page.locator(`[data-journal="${id}"]`);
    const before = await row.boundingBox();

    for (const amount of ['41', '42', '43']) await createAtApi(amount);
    await page.getByText('All 43 loaded').waitFor();

    expect(await row.getAttribute('data-index')).toBe('23');
    await expect.poll(() => row.boundingBox()).toEqual(before);
  });

  it('creates and deletes a journal, and shows the focus at every step', async () => {
    const { origin } = await startConsole();
    const { page } = await openPage(`${origin}/`);
    await untilLive(page);
    const hidden: string[] = [];
    const tab = async (name: string) => hidden.push(...(await tabTo(page, name)));

    await tab('Skip to the content');
    await tab('New journal');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Move cash' }).waitFor();
    await tab('From account');
    await page.keyboard.type(sweep);
    await tab('To account');
    await page.keyboard.type(customer);
    await tab('Amount');
    await page.keyboard.type('60');
    await page.keyboard.press('Enter');
    await page.getByText('Created', { exact: true }).waitFor();
    await tab('Another one');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete…' }).waitFor();
    await tab('Delete…');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('[role="alertdialog"]') != null);
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() => (document.activeElement as HTMLElement).innerText === 'Delete…');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('[role="alertdialog"]') != null);
    await tab('Delete');
    await page.keyboard.press('Enter');

    await page.locator('.timeline .badge', { hasText: 'Canceled' }).waitFor();
    expect(hidden).toEqual([]);
  });

  it('does not let the focus out of a dialog', async () => {
    const { origin, createAtApi } = await startConsole();
    const pending = await createAtApi('60');
    const { page } = await openPage(`${origin}/journals/${pending}`);
    await page.getByRole('button', { name: 'Delete…' }).press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('[role="alertdialog"]') != null);

    const names = new Set<string>();
    for (let count = 0; count < 6; count += 1) {
      await pressTab(page);
      names.add((await focused(page)).name);
    }

    expect([...names].sort()).toEqual(['Delete', 'Keep it']);
  });
});
