import type { Gateway } from '../../src/gateway.ts';

import { startGateway } from './startGateway.ts';
import type { GatewaySettings } from './startGateway.ts';

export type LogLine = Record<string, unknown> & { level: number; msg: string };

/** A gateway with its log, health checks and metrics. */
export interface Watched {
  gateway: Gateway;
  url: string;
  adminUrl: string;
  /** All log lines so far. */
  lines: LogLine[];
  ready: () => Promise<{ status: number; body: Ready }>;
  /** Returns the value of a line of `/metrics` by its full name with labels, or undefined if there is no such line. */
  metric: (name: string) => Promise<number | undefined>;
}

export interface Ready {
  ready: boolean;
  phase: string;
  checks: Record<'upstream' | 'feed', { ok: boolean } & Record<string, unknown>> & { redis?: { ok: boolean } };
}

/** Starts a gateway with an admin port in front of the given upstream. It is closed when the test ends. */
export async function startWatched(upstreamUrl: string, settings: GatewaySettings = {}): Promise<Watched> {
  const lines: LogLine[] = [];
  const admin = { host: '127.0.0.1', port: 0 };
  const keep = (line: string) => lines.push(JSON.parse(line) as LogLine);
  const gateway = await startGateway(upstreamUrl, {}, { admin, logLevel: 'trace', ...settings }, keep);
  const { url, adminUrl } = gateway;
  if (adminUrl === null) throw new Error('expected a gateway with an admin port');
  return {
    gateway,
    url,
    adminUrl,
    lines,
    ready: () => askReady(adminUrl),
    metric: (name) => askMetric(adminUrl, name),
  };
}

export async function askReady(adminUrl: string): Promise<{ status: number; body: Ready }> {
  const answer = await fetch(`${adminUrl}/ready`);
  return { status: answer.status, body: (await answer.json()) as Ready };
}

export async function askMetric(adminUrl: string, name: string): Promise<number | undefined> {
  const page = await (await fetch(`${adminUrl}/metrics`)).text();
  const line = page.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}
