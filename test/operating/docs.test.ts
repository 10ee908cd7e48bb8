import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { variableTables } from '../../src/config/readConfig.ts';
import { openRedis } from '../../src/redis/openRedis.ts';
import { ask } from '../kit/ask.ts';
import { closeLater } from '../kit/closeLater.ts';
import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { isWithoutRedis, startRedis } from '../kit/startRedis.ts';
import { startWatched } from '../kit/startWatched.ts';
import { watchedLog } from '../kit/watchedLog.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/operating.md', root), 'utf8');

function section(heading: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
}

/** Names of the variables that the configuration reads. */
const variableNames = new Set(variableTables.flatMap((table) => Object.values(table)).map(({ name }) => name));

/** The documents of the first YAML example of a section. */
function example(heading: string): Record<string, unknown>[] {
  const [, text = ''] = /```yaml\n([^`]*)```/.exec(section(heading)) ?? [];
  return documentsOf(text);
}

function documentsOf(text: string): Record<string, unknown>[] {
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Record<string, unknown>;
  });
}

const deployed = (file: string) => readFileSync(new URL(`deploy/${file}`, root), 'utf8');

interface Probe {
  httpGet: { path: string; port: string };
  timeoutSeconds?: number;
}

interface Container {
  ports: { name: string; containerPort: number }[];
  env: { name: string; value: string }[];
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  securityContext: Record<string, unknown>;
}

interface PodSpec {
  terminationGracePeriodSeconds: number;
  containers: Container[];
}

describe('docs/operating.md', () => {
  it('lists exactly the metrics that the gateway has', async () => {
    const sandbox = await startSandbox();
    const { url, adminUrl } = await startWatched(sandbox.url);
    await ask(url, '{ journals { nodes { id } } }');
    const text = await (await fetch(`${adminUrl}/metrics`)).text();
    const actual = [...text.matchAll(/^# TYPE (gateway_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const listed = [...section('Metrics').matchAll(/^\| `(gateway_\w+)` *\| (\w+)/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );

    expect(listed.sort()).toEqual(actual.sort());
    const named = [...section('Alerts').matchAll(/\b(gateway_\w+?)(?:_bucket)?[{\s)[]/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(8);
    for (const name of named) expect(text).toContain(`# TYPE ${name} `);
    for (const [, name = ''] of section('Alerts').matchAll(/`(nodejs_\w+)/g)) expect(text).toContain(`# TYPE ${name} `);
  });
});

interface Compose {
  services: {
    gateway: {
      environment: Record<string, string>;
      stop_grace_period: string;
      read_only: boolean;
      deploy?: { replicas: number };
    };
    redis?: { command: string };
  };
}

describe.each([
  ['the Compose example', () => example('Container')],
  ['deploy/compose.yaml', () => documentsOf(deployed('compose.yaml'))],
])('%s', (_name, read) => {
  it('has a read-only file system, existing variables and enough time to drain', () => {
    const [compose] = read() as unknown as [Compose];
    const { environment, stop_grace_period: grace, read_only: isReadOnly } = compose.services.gateway;
    const drainS = Number(environment['SHUTDOWN_DELAY_SECONDS'] ?? 0) + Number(environment['SHUTDOWN_GRACE_SECONDS']);

    expect(Object.keys(environment).filter((name) => !variableNames.has(name))).toEqual([]);
    expect(isReadOnly).toBe(true);
    expect(parseInt(grace)).toBeGreaterThan(drainS + 5);
  });
});

describe('deploy/compose.yaml', () => {
  const [compose] = documentsOf(deployed('compose.yaml')) as unknown as [Compose];

  it.skipIf(isWithoutRedis)('starts a Redis that causes no warning from the gateway', async () => {
    const [, ...settings] = (compose.services.redis?.command ?? '').split(' ');
    const { url } = await startRedis(settings);
    const lines: string[] = [];

    const log = watchedLog((line) => lines.push(line));
    const redis = await openRedis(url, { prefix: 'a', baseUrl: 'http://b', account: 'c', credentialsId: '' }, log);
    closeLater(() => redis.close());

    expect(settings).toContain('--appendfsync');
    expect(lines).toEqual([]);
  });

  it.skipIf(isWithoutHaproxy)('has a balancer whose configuration is valid and knows all replicas', () => {
    const file = fileURLToPath(new URL('deploy/haproxy.cfg', root));

    const checked = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });

    expect(checked).toMatchObject({ status: 0 });
    expect(deployed('haproxy.cfg')).toContain(
      `server-template gateway ${compose.services.gateway.deploy?.replicas} gateway:4000`,
    );
  });
});

describe('deploy/kubernetes.yaml', () => {
  const [deployment, service, scaler, budget] = documentsOf(deployed('kubernetes.yaml'));
  const spec = (deployment as { spec: { replicas?: number; template: { spec: PodSpec } } }).spec;
  const pod = spec.template.spec;
  const [container] = pod.containers;

  it('consists of a deployment, a service, an autoscaler and a disruption budget', () => {
    expect([deployment, service, scaler, budget].map((each) => each?.['kind'])).toEqual([
      'Deployment',
      'Service',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
    ]);
    expect((scaler as { spec: { minReplicas: number } }).spec.minReplicas).toBe(3);
    // The number of replicas is not set, because each `kubectl apply` would undo what the autoscaler has done.
    expect(spec.replicas).toBeUndefined();
  });

  it('probes existing pages with timeouts that are longer than a check may take', () => {
    const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];

    expect(probes.map((probe) => [probe?.httpGet.path, probe?.httpGet.port])).toEqual([
      ['/health', 'admin'],
      ['/health', 'admin'],
      ['/ready', 'admin'],
    ]);
    expect(container?.ports).toEqual([
      { name: 'graphql', containerPort: 4000 },
      { name: 'admin', containerPort: 4001 },
    ]);
    expect(container?.readinessProbe.timeoutSeconds).toBeGreaterThan(1.5);
  });

  it('sets existing variables and leaves enough time to drain', () => {
    const environment = new Map(container?.env.map(({ name, value }) => [name, value]));
    const drainS =
      Number(environment.get('SHUTDOWN_DELAY_SECONDS')) + Number(environment.get('SHUTDOWN_GRACE_SECONDS'));

    expect([...environment.keys()].filter((name) => !variableNames.has(name))).toEqual([]);
    // After that, subscribers are disconnected over three seconds.
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(drainS + 5);
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });
});
