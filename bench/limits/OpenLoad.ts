import { BenchConnection } from '../BenchConnection.ts';
import type { ServerProcess } from '../live/ServerProcess.ts';

import type { ClientRequest } from './clientRequests.ts';

export interface Exchange {
  kind: ClientRequest['kind'];
  /** The time from when the request was due until its response arrived, in ms. Waiting to be sent counts. */
  ms: number;
  /** 0 if the connection was closed, null if there was no response. */
  status: number | null;
  isGood: boolean;
}

export interface LoadReport {
  /** Requests that were due during the measurement. */
  exchanges: Exchange[];
  /** Responses with data that arrived during the measurement, whenever they were requested. */
  good: Record<ClientRequest['kind'], number>;
  seconds: number;
  /** Processor time of the server during the measurement. */
  processorSeconds: number;
  /** Requests that were not sent because no connection was free. */
  unsent: number;
  /** How late requests were sent, in ms. If this is large, the load generator was the bottleneck. */
  lateness: number[];
}

/** The maximum number of connections, and so of requests that wait for their response. */
const maxConnections = 3_000;
/** The number of connections that are opened at a time before the measurement begins. */
const openedAtATime = 50;
/** How long the load runs before the measurement begins, so that it is steady by then. */
const leadSeconds = 2;
/**
 * How long a connection may be idle, in ms. The server closes idle connections later, so never when a request is sent.
 */
const maxIdleMs = 3_000;
/** How long to wait for a response, in ms. Later ones count as missing. */
const patienceMs = 15_000;

/** An open load: requests are sent at a fixed rate, whether or not they are answered. */
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

  /** Sends at this rate for this time, then waits for the remaining responses. */
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

  /** Returns the connection that has been idle longest, so that none is idle for too long, or null if none is free. */
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
