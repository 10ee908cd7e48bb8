import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { freePort } from '../kit/freePort.ts';
import { isWithoutChromium, skipNote, openPage } from '../kit/openPage.ts';
import { serveBinary } from '../kit/startBinary.ts';
import { countOf, shownJournals, untilCounts, untilLive } from './kit/board.ts';
import { startApi } from './kit/startApi.ts';
import type { Api } from './kit/startApi.ts';
import { startConsole } from './kit/startConsole.ts';

const behind = '[data-state="behind"]';
const gap = '[data-notice="gap"]';

/** Opens a live board that shows two journals. Returns it with the ids of all journals that were created so far. */
async function openBoard({ origin, createAtApi }: { origin: string; createAtApi: Api['createAtApi'] }) {
  const created: string[] = [];
  const create = async (...amounts: number[]) => {
    for (const amount of amounts) created.push(await createAtApi(String(amount)));
  };
  await create(1, 60);
  const { page } = await openPage(`${origin}/`);
  await untilLive(page);
  await untilCounts(page, { ACTIVITY_CREATED: 1, PENDING: 1 });
  return { page, created, create };
}

/** Opens a live board of a gateway in its own process, which can be restarted at the same origin. */
async function openBoardOfProcess(options: Parameters<typeof startApi>[0] = {}) {
  const { environment, createAtApi, deleteAtApi } = await startApi(options);
  const port = String(await freePort());
  const serveAgain = () => serveBinary(['--port', port], environment);
  const { binary } = await serveAgain();
  const killGateway = async () => {
    binary.kill('SIGKILL');
    await binary.exit;
  };
  const origin = `http://127.0.0.1:${port}`;
  return { ...(await openBoard({ origin, createAtApi })), origin, deleteJournal: deleteAtApi, serveAgain, killGateway };
}

/** Suspends the process of the page, as the sleep of a computer does. @returns a function that resumes it */
async function suspend(page: Page): Promise<() => void> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  expect(pids).not.toEqual([]);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  };
}

/** The amounts of more journals than the sandbox keeps events of. */
const many = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

describe.skipIf(isWithoutChromium)(`the console catches up with nothing lost or duplicated${skipNote}`, () => {
  it('after the gateway was killed and started again', async () => {
    const { page, created, create, serveAgain, killGateway } = await openBoardOfProcess();

    await killGateway();
    await page.locator(behind).waitFor();
    await create(...many);
    await serveAgain();
    await untilLive(page);
    await create(13);

    await untilCounts(page, { QUEUED: 0, EXECUTED: 0, ACTIVITY_CREATED: 13, PENDING: 1 });
    expect(await shownJournals(page)).toEqual(created.toReversed());
    expect(await page.locator(gap).count()).toBe(0);
  });

  it('after the network was down', async () => {
    const { page, created, create } = await openBoard(await startConsole());

    await page.context().setOffline(true);
    await page.locator(behind).waitFor();
    await create(...many);
    expect(await countOf(page, 'ACTIVITY_CREATED')).toBe(1);
    await page.context().setOffline(false);
    await untilLive(page);
    await create(13);

    await untilCounts(page, { QUEUED: 0, EXECUTED: 0, ACTIVITY_CREATED: 13, PENDING: 1 });
    expect(await shownJournals(page)).toEqual(created.toReversed());
  });

  it('after its process was suspended while the gateway was killed and started again', async () => {
    const { page, origin, created, create, serveAgain, killGateway } = await openBoardOfProcess();
    const wake = await suspend(page);

    await killGateway();
    await create(...many);
    await serveAgain();
    const { page: other } = await openPage(`${origin}/`);
    await untilCounts(other, { ACTIVITY_CREATED: 12 });
    wake();

    await untilCounts(page, { QUEUED: 0, EXECUTED: 0, ACTIVITY_CREATED: 12, PENDING: 1 });
    await untilLive(page);
    expect(await shownJournals(page)).toEqual(created.toReversed());
  });

  it('on a new connection after its clock has jumped, because the old one may be dead', async () => {
    const { origin, createAtApi } = await startConsole();
    const { page } = await openPage('about:blank');
    await page.clock.install();
    await page.goto(`${origin}/`);
    await untilLive(page);
    await page.getByText('No journal matches these filters.').waitFor();

    const reconnected = page.waitForEvent('websocket');
    await page.clock.fastForward(60_000);
    await reconnected;
    await createAtApi('1');

    await untilCounts(page, { ACTIVITY_CREATED: 1 });
    expect(await shownJournals(page)).toHaveLength(1);
  });

  it('by reading its lists again, and tells the user, when the API no longer has the missed events', async () => {
    const { page, created, create, serveAgain, killGateway } = await openBoardOfProcess({ eventRetention: 5 });

    await killGateway();
    await page.locator(behind).waitFor();
    await create(...many);
    await serveAgain();
    await page.locator(gap, { hasText: 'Everything was read again at' }).waitFor();
    await untilLive(page);
    await create(13);

    await untilCounts(page, { QUEUED: 0, EXECUTED: 0, ACTIVITY_CREATED: 13, PENDING: 1 });
    expect(await shownJournals(page)).toEqual(created.toReversed());
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator(gap).count()).toBe(0);
  });

  it('on the page of a journal as well', async () => {
    const { page, origin, created, create, deleteJournal, serveAgain, killGateway } = await openBoardOfProcess({
      eventRetention: 5,
    });
    const [, pending = ''] = created;
    await page.goto(`${origin}/journals/${pending}`);
    await page.locator('.titleRow .badge', { hasText: 'Pending' }).waitFor();
    await untilLive(page);

    await killGateway();
    await page.locator(behind).waitFor();
    await deleteJournal(pending);
    await create(...many);
    await serveAgain();

    await page.locator('.titleRow .badge', { hasText: 'Canceled' }).waitFor();
    expect(await page.getByRole('button', { name: 'Delete…' }).count()).toBe(0);
  });
});
