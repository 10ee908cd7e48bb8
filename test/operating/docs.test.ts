import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { variableTables } from '../../src/config/readConfig.ts';
import { ask } from '../kit/ask.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/operating.md', root), 'utf8');

function section(heading: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
}

/** Names of the variables that the configuration reads. */
const variableNames = new Set(variableTables.flatMap((table) => Object.values(table)).map(({ name }) => name));

/** The documents of the first YAML example of a section. */
function examples(heading: string): Record<string, unknown>[] {
  const [, text = ''] = /```yaml\n([^`]*)```/.exec(section(heading)) ?? [];
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Record<string, unknown>;
  });
}

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

describe('the Compose example', () => {
  it('has a read-only file system, existing variables and enough time to drain', () => {
    const [compose] = examples('Container') as unknown as [
      { services: { gateway: { environment: Record<string, string>; stop_grace_period: string; read_only: boolean } } },
    ];
    const { environment, stop_grace_period: grace, read_only: isReadOnly } = compose.services.gateway;

    expect(Object.keys(environment).filter((name) => !variableNames.has(name))).toEqual([]);
    expect(isReadOnly).toBe(true);
    expect(parseInt(grace)).toBeGreaterThan(Number(environment['SHUTDOWN_GRACE_SECONDS']) + 5);
  });
});

describe('the Kubernetes example', () => {
  const [set, service, budget] = examples('Kubernetes');
  const pod = (set as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
  const [container] = pod.containers;

  it('consists of a stateful set, a service and a disruption budget', () => {
    expect([set, service, budget].map((each) => each?.['kind'])).toEqual([
      'StatefulSet',
      'Service',
      'PodDisruptionBudget',
    ]);
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
