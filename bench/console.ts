/**
 * Measures whether the console stays responsive: with 50,000 journals loaded, and while 1,000 status events a minute
 * arrive.
 *
 * Method: the sandbox runs in this process, the gateway and headless Chromium in processes of their own. The page scrolls
 * to its end until every journal is loaded. Then journals are created evenly, each of which makes two events. The page
 * reports its long tasks (50 ms and more, by the browser's own observer); its heap is measured after a garbage collection
 * once a minute.
 *
 * Run it with `npm run bench:console`. `BENCH_DAYS=5 BENCH_MINUTES=1` gives a first impression: a day has 1,000 journals.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

import { createJournal, fillSandbox } from './console/fillSandbox.ts';

const days = Number(process.env['BENCH_DAYS'] ?? 50);
const minutes = Number(process.env['BENCH_MINUTES'] ?? 10);
const eventsPerMinute = 1_000;
const createEveryMs = 60_000 / (eventsPerMinute / 2);

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const sandbox = await fillSandbox(days);
const gateway = spawn(process.execPath, ['dist/cli/main.js', 'serve', '--port', '0'], {
  env: {
    ...process.env,
    ADMIN_PORT: 'off',
    CONSOLE: 'on',
    LOG_LEVEL: 'warn',
    APCA_BROKER_BASE_URL: sandbox.url,
    APCA_BROKER_KEY_ID: 'sandbox',
    APCA_BROKER_SECRET_KEY: 'sandbox',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [banner] = (await once(gateway.stdout, 'data')) as [Buffer];
const origin = new URL(/^GraphQL +(\S+)$/m.exec(banner.toString())?.[1] ?? '').origin;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.addInitScript(observeLongTasks);
  await page.goto(`${origin}/?after=`);
  await page.locator('[data-state="live"]').waitFor();
  await report(page, 'started');
  await loadAll(page);
  await report(page, `${(days * 1_000).toLocaleString('en')} rows loaded`);
  for (let minute = 1; minute <= minutes; minute += 1) {
    await createForAMinute();
    await report(page, `minute ${minute}, ${await page.locator('.flowTotal').innerText()}`);
  }
} finally {
  await browser.close();
  gateway.kill();
  await sandbox.close();
}

/** Runs in the page, before its own scripts. */
function observeLongTasks(): void {
  const durations: number[] = [];
  Object.assign(globalThis, { longTasks: durations });
  new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration))).observe({
    entryTypes: ['longtask'],
  });
}

async function loadAll(page: Page): Promise<void> {
  const scroller = page.locator('.tableScroll');
  const foot = page.locator('.tableFoot');
  while (!(await foot.innerText()).startsWith('All ')) {
    await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await wait(100);
  }
  await scroller.evaluate((element) => element.scrollTo(0, 0));
}

async function createForAMinute(): Promise<void> {
  const startedMs = performance.now();
  const creates: Promise<void>[] = [];
  for (let count = 0; count < eventsPerMinute / 2; count += 1) {
    creates.push(createJournal(sandbox));
    await wait(Math.max(0, startedMs + count * createEveryMs - performance.now()));
  }
  await Promise.all(creates);
}

async function report(page: Page, title: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const tasks = await page.evaluate(() => {
    const { longTasks } = globalThis as unknown as { longTasks: number[] };
    return longTasks.splice(0);
  });
  const longest = Math.max(0, ...tasks).toFixed(0);
  const heap = (usedSize / 2 ** 20).toFixed(1);
  console.log(`${title}: heap ${heap} MiB, ${tasks.length} long tasks, the longest ${longest} ms`);
}
