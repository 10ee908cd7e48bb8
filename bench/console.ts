/**
 * Measures whether the console stays responsive with 50,000 journals loaded while 1,000 status events a minute arrive.
 *
 * Method: the sandbox runs in this process, the gateway and headless Chromium in processes of their own. The page
 * scrolls to its end until every journal is loaded, then back to its top. Then journals are created at an even rate.
 * Each of them causes two events, and the table shows every event. Long tasks are tasks of 50 ms and more, as the
 * browser reports them. On a busy machine a task also waits for the processor, so the processor time of the tasks is
 * traced as well. The heap is measured after a garbage collection at the end of each minute.
 *
 * Run it with `npm run bench:console`. It takes BENCH_MINUTES (default 10) and a few minutes more. The sandbox has
 * 1,000 journals on each of BENCH_DAYS (default 50) days.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

import { createJournal, fillSandbox } from './console/fillSandbox.ts';
import { MainThread } from './console/MainThread.ts';
import type { Phase } from './console/MainThread.ts';

const days = Number(process.env['BENCH_DAYS'] ?? 50);
const minutes = Number(process.env['BENCH_MINUTES'] ?? 10);
const eventsPerMinute = 1_000;
const createEveryMs = 60_000 / (eventsPerMinute / 2);
const limitMs = 100;
/**
 * The length of a phase while journals are loaded, in ms. Each phase is one trace, which can't hold more than a few
 * minutes.
 */
const loadingPhaseMs = 30_000;

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const sandbox = await fillSandbox(days);
const gateway = spawn(process.execPath, ['dist/cli/main.js', 'serve', '--port', '0'], {
  env: {
    ...process.env,
    ADMIN_PORT: 'off',
    CONSOLE: 'on',
    LOG_LEVEL: 'error',
    APCA_BROKER_BASE_URL: sandbox.url,
    APCA_BROKER_KEY_ID: 'sandbox',
    APCA_BROKER_SECRET_KEY: 'sandbox',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [banner] = (await once(gateway.stdout, 'data')) as [Buffer];
const origin = new URL(/^GraphQL +(\S+)$/m.exec(banner.toString())?.[1] ?? '').origin;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let events = 0;
const lines: Record<string, string | number>[] = [];
try {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      events += String(payload).split('"journalStatusChanged"').length - 1;
    });
  });
  const thread = await MainThread.of(browser, page);
  report(
    'opened',
    await thread.measure(async () => {
      await page.goto(`${origin}/?after=`);
      await page.locator('[data-state="live"]').waitFor();
    }),
  );
  while (!(await isLoaded(page))) {
    const phase = await thread.measure(() => loadMore(page));
    report(await page.locator('.tableFoot').innerText(), phase);
  }
  await page.locator('.tableScroll').evaluate((element) => element.scrollTo(0, 0));
  await page.locator('.flowTotal', { hasNotText: 'Counting' }).waitFor({ timeout: 600_000 });
  const phases: Phase[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    const phase = await thread.measure(createForAMinute);
    phases.push(phase);
    report(`minute ${minute}`, phase);
  }
  console.table(lines);
  console.log(await page.locator('.flowTotal').innerText());
  judge(phases);
} finally {
  await browser.close();
  gateway.kill();
  await sandbox.close();
}

async function isLoaded(page: Page): Promise<boolean> {
  return /^(All|The newest) /.test(await page.locator('.tableFoot').innerText());
}

/** Scrolls to the end repeatedly, until everything is loaded or the phase is over. */
async function loadMore(page: Page): Promise<void> {
  const endMs = performance.now() + loadingPhaseMs;
  while (performance.now() < endMs && !(await isLoaded(page))) {
    await page.locator('.tableScroll').evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await wait(100);
  }
}

async function createForAMinute(): Promise<void> {
  const startedMs = performance.now();
  const creates: Promise<void>[] = [];
  for (let count = 1; count <= eventsPerMinute / 2; count += 1) {
    creates.push(createJournal(sandbox));
    await wait(Math.max(0, startedMs + count * createEveryMs - performance.now()));
  }
  await Promise.all(creates);
}

function report(phase: string, { longTasks, longestMs, longestProcessorMs, processorMs, heapMiB }: Phase): void {
  const line = {
    phase,
    events,
    'long tasks': longTasks,
    'longest, ms': Math.round(longestMs),
    'longest, processor ms': Math.round(longestProcessorMs),
    'all tasks, processor s': Number((processorMs / 1_000).toFixed(1)),
    'heap, MiB': Number(heapMiB.toFixed(1)),
  };
  events = 0;
  lines.push(line);
  console.log(JSON.stringify(line));
}

function judge(phases: readonly Phase[]): void {
  const longest = (name: 'longestMs' | 'longestProcessorMs') => Math.max(...phases.map((phase) => phase[name]));
  const heaps = phases.map(({ heapMiB }) => heapMiB);
  const growth = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0);
  const verdict = (ms: number) => `${Math.round(ms)} ms, ${ms < limitMs ? 'under' : 'NOT under'} ${limitMs} ms`;
  console.log(`the longest task while events arrived took ${verdict(longest('longestMs'))}`);
  console.log(`its processor time at most: ${verdict(longest('longestProcessorMs'))}`);
  console.log(`the heap changed by ${growth.toFixed(1)} MiB from the first minute to the last`);
}
