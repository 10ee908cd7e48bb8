import { BenchConnection } from '../BenchConnection.ts';
import type { ServerProcess } from '../live/ServerProcess.ts';

import type { ClientRequest } from './clientRequests.ts';

export interface Exchange {
  kind: ClientRequest['kind'];
  /** From when it was due until its answer was there, in ms: what waited for its turn has waited. */
  ms: number;
  /** 0 where the connection was closed, null where no answer came. */
  status: number | null;
  isGood: boolean;
}

export interface LoadReport {
  /** What was due while it was measured. */
  exchanges: Exchange[];
  /** Answers with data that came while it was measured, whenever they were asked for. */
  good: Record<ClientRequest['kind'], number>;
  seconds: number;
  /** Of the server, while it was measured. */
  processorSeconds: number;
  /** Not sent for want of a free connection. */
  unsent: number;
  /** How late requests were sent, in ms: much of it, and the load is what was measured. */
  lateness: number[];
}

/** As many wait for an answer at most. */
const maxConnections = 3_000;
/** So many are opened at a time, before the load begins: what is measured are requests. */
const openedAtATime = 50;
/** Sent before anything is measured, so that what is measured is a load that stands. */
const leadSeconds = 2;
/** Shorter than the server keeps a quiet connection, or requests would meet its end on their way, in ms. */
const maxIdleMs = 3_000;
/** Who has not been answered by then is not, in ms. */
const patienceMs = 15_000;

/** Clients who don't wait for one another: requests go out by the clock, whether or not answers come. */
export class OpenLoad {
  readonly #server: ServerProcess;
  readonly #requestOf: (index: number) => ClientRequest;
  readonly #all = new Set<BenchConnection>();
  #idle: { connection: BenchConnection; since: number }[] = [];
  #sent = 0;

  constructor(server: ServerProcess, requestOf: (index: number) => ClientRequest) {
    this.#server = server;
    this.#requestOf = requestOf;
  }

  /** Sends at this pace for so long, and waits for what is still to come. */
  async run(aSecond: number, seconds: number): Promise<LoadReport> {
    const report: LoadReport = {
      exchanges: [],
      good: { list: 0, journal: 0, create: 0 },
      seconds,
      processorSeconds: 0,
      unsent: 0,
      lateness: [],
    };
    await this.#open(Math.min(aSecond * 2, maxConnections));
    const leadAt = performance.now();
    const from = leadAt + leadSeconds * 1_000;
    const to = from + seconds * 1_000;
    const pending = new Set<Promise<void>>();
    let used = NaN;
    for (let dueAt = leadAt; dueAt < to; dueAt += 1_000 / aSecond) {
      while (dueAt > performance.now()) await new Promise((resolve) => setTimeout(resolve, 1));
      const isMeasured = dueAt >= from;
      if (isMeasured && Number.isNaN(used)) used = this.#server.processorSeconds;
      if (isMeasured) report.lateness.push(performance.now() - dueAt);
      const exchange = this.#exchange(dueAt, isMeasured, { report, from, to }).finally(() => pending.delete(exchange));
      pending.add(exchange);
    }
    report.processorSeconds = this.#server.processorSeconds - used;
    await settledWithin([...pending], patienceMs);
    for (const connection of this.#all) connection.close();
    this.#all.clear();
    this.#idle = [];
    return report;
  }

  async #exchange(
    dueAt: number,
    isMeasured: boolean,
    { report, from, to }: { report: LoadReport; from: number; to: number },
  ): Promise<void> {
    const connection = this.#take();
    if (!connection) {
      if (isMeasured) report.unsent += 1;
      return;
    }
    const { kind, text, expected } = this.#requestOf((this.#sent += 1));
    const exchange: Exchange = { kind, ms: Infinity, status: null, isGood: false };
    if (isMeasured) report.exchanges.push(exchange);
    const { status, body } = await connection.send(text);
    const now = performance.now();
    exchange.ms = now - dueAt;
    exchange.status = status;
    exchange.isGood = status === 200 && body.includes(expected);
    if (exchange.isGood && now >= from && now < to) report.good[kind] += 1;
    if (connection.isOpen) this.#idle.push({ connection, since: now });
    else this.#drop(connection);
  }

  async #open(count: number): Promise<void> {
    while (this.#all.size < count) {
      const some = Array.from({ length: openedAtATime }, () => new BenchConnection(this.#server.port));
      await Promise.all(some.map(({ opened }) => opened));
      const since = performance.now();
      for (const connection of some) {
        this.#all.add(connection);
        this.#idle.push({ connection, since });
      }
    }
  }

  /** The one that has rested longest, so that none of them rests for too long. */
  #take(): BenchConnection | null {
    for (let known = this.#idle.shift(); known; known = this.#idle.shift()) {
      if (known.connection.isOpen && performance.now() - known.since < maxIdleMs) return known.connection;
      this.#drop(known.connection);
    }
    if (this.#all.size >= maxConnections) return null;
    const connection = new BenchConnection(this.#server.port);
    this.#all.add(connection);
    return connection;
  }

  #drop(connection: BenchConnection): void {
    connection.close();
    this.#all.delete(connection);
  }
}

async function settledWithin(promises: Promise<void>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([Promise.all(promises), patience]);
  clearTimeout(timer);
}
