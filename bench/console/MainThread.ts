import type { Browser, CDPSession, Page } from 'playwright-core';

/** What the page's main thread did during a phase of the measurement. Times are in ms. */
export interface Phase {
  /** The durations of tasks of 50 ms and more, as the browser reports them. */
  longTasks: number;
  longestMs: number;
  /** The highest processor time of a task: how long the task would take if nothing else ran on the machine. */
  longestProcessorMs: number;
  processorMs: number;
  /** The size of the heap after a garbage collection. */
  heapMiB: number;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  tdur?: number;
  args?: { name?: string };
}

/** Measures the tasks and the heap of a page, phase by phase. */
export class MainThread {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #session: CDPSession;

  private constructor(browser: Browser, page: Page, session: CDPSession) {
    this.#browser = browser;
    this.#page = page;
    this.#session = session;
  }

  /** Must be called before the page is opened. */
  static async of(browser: Browser, page: Page): Promise<MainThread> {
    await page.addInitScript(observeLongTasks);
    return new MainThread(browser, page, await page.context().newCDPSession(page));
  }

  async measure(work: () => Promise<void>): Promise<Phase> {
    await this.#browser.startTracing(this.#page, { categories: ['toplevel'] });
    const startedMs = performance.now();
    await work();
    const workMs = performance.now() - startedMs;
    const trace = JSON.parse((await this.#browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const durations = await this.#page.evaluate(() => {
      const { longTasks } = globalThis as unknown as { longTasks: number[] };
      return longTasks.splice(0);
    });
    const processorMs = taskTimes(trace.traceEvents, workMs);
    await this.#session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#session.send('Runtime.getHeapUsage');
    // A forced collection is itself a long task, which the page did not cause.
    await this.#page.evaluate(() => {
      const { longTasks } = globalThis as unknown as { longTasks: number[] };
      longTasks.length = 0;
    });
    return {
      longTasks: durations.length,
      longestMs: durations.reduce((longest, one) => Math.max(longest, one), 0),
      longestProcessorMs: processorMs.reduce((longest, one) => Math.max(longest, one), 0),
      processorMs: processorMs.reduce((sum, one) => sum + one, 0),
      heapMiB: usedSize / 2 ** 20,
    };
  }
}

/** Runs in the page before the page's scripts. */
function observeLongTasks(): void {
  const durations: number[] = [];
  Object.assign(globalThis, { longTasks: durations });
  new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration))).observe({
    entryTypes: ['longtask'],
  });
}

/** Returns the processor time of each task of the page's main thread, in ms. @throws if the trace ends early */
function taskTimes(events: readonly TraceEvent[], workMs: number): number[] {
  const threads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(
    ({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && threads.has(`${pid} ${tid}`),
  );
  const starts = tasks.map(({ ts }) => ts / 1_000);
  const tracedMs = starts.reduce((last, one) => Math.max(last, one), 0) - (starts[0] ?? 0);
  if (tracedMs < 0.8 * workMs) throw new Error(`${tracedMs} of ${workMs} ms were traced`);
  return tasks.map(({ tdur = 0 }) => tdur / 1_000);
}
