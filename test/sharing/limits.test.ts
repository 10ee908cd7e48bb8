import { expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startGateways } from '../kit/startGateways.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';
import { askMetric } from '../kit/startWatched.ts';

interface LogEntry {
  arrivedAt: number;
  status: number;
  operation: string;
}

const pauseMetric = 'gateway_upstream_rate_limit_pause_seconds';
const list = '{ journals(first: 1) { nodes { id } } }';

it.skipIf(isWithoutRedis)('a 429 that one gateway receives holds all of them until the reset', async () => {
  const sandbox = await startSandbox();
  const { gateways } = await startGateways(sandbox, 3, { admin: { host: '127.0.0.1', port: 0 } });
  await control(sandbox, 'PUT', 'faults', {
    faults: [{ kind: 'rateLimited', operations: ['listJournals'], resetMs: 2_000, retryAfter: true, count: 1 }],
  });

  const first = ask(gateways[0]?.url ?? '', list);
  // The other gateways learn of the 429 from the gateway that has received it.
  for (const { adminUrl } of gateways) {
    await expect.poll(() => askMetric(adminUrl ?? '', pauseMetric), { interval: 5, timeout: 5_000 }).toBeGreaterThan(0);
  }
  const answers = await Promise.all([first, ...gateways.map(({ url }) => ask(url, list))]);

  const log = await control<LogEntry[]>(sandbox, 'GET', 'log');
  const refusedAt = log.find(({ status }) => status === 429)?.arrivedAt ?? NaN;
  const early = log.filter(({ arrivedAt }) => arrivedAt > refusedAt && arrivedAt < refusedAt + 1_000);
  expect(early).toEqual([]);
  expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => undefined));
});

it.skipIf(isWithoutRedis)('the operations of a principal count on all gateways together', async () => {
  const sandbox = await startSandbox();
  const maxPerSecond = 20;
  const { gateways } = await startGateways(sandbox, 3, { limits: { maxPerSecond } });
  const codes: unknown[] = [];

  const startedAt = performance.now();
  for (let round = 0; round < 30; round += 1) {
    for (const { url } of gateways) codes.push(codeOf(await ask(url, '{ __typename }')));
  }

  // Three gateways that count alone would allow three times as many.
  const seconds = (performance.now() - startedAt) / 1_000;
  const allowed = codes.filter((code) => code === undefined).length;
  expect(allowed).toBeGreaterThanOrEqual(maxPerSecond);
  expect(allowed).toBeLessThanOrEqual(maxPerSecond * (2 + seconds));
  expect(new Set(codes.filter((code) => code !== undefined))).toEqual(
    new Set(allowed < codes.length ? ['OPERATION_RATE_LIMITED'] : []),
  );
});

it.skipIf(isWithoutRedis)('the operations that a principal has running count on all gateways together', async () => {
  const sandbox = await startSandbox();
  const { gateways } = await startGateways(sandbox, 2, { limits: { maxConcurrent: 1 } });
  const [busy, other] = gateways.map(({ url }) => url);
  await control(sandbox, 'PUT', 'faults', {
    faults: [{ kind: 'latency', operations: ['listJournals'], ms: 1_500, when: 'before', count: 1 }],
  });

  const running = ask(busy ?? '', list);

  await expect
    .poll(async () => codeOf(await ask(other ?? '', '{ __typename }')), { interval: 10 })
    .toBe('CONCURRENCY_LIMITED');
  expect((await running).errors).toBeUndefined();
  await expect.poll(async () => codeOf(await ask(other ?? '', '{ __typename }'))).toBeUndefined();
});

function codeOf(answer: Awaited<ReturnType<typeof ask>> | undefined): unknown {
  return answer?.errors?.[0]?.extensions?.['code'];
}
