import { flag, httpUrl, oneOf, text } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

/** Where traces are sent. The SDK reads further options from the environment itself. */
export interface TracingConfig {
  url: string;
  serviceName: string;
}

const httpJson = oneOf('http/json');

export const tracingVariables = {
  endpoint: variable(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    httpUrl,
    'base URL of an OTLP collector, to which [traces](#traces) are sent at `/v1/traces`',
  ),
  tracesEndpoint: variable(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    httpUrl,
    'full URL for traces; takes precedence over the base URL',
  ),
  protocol: variable(
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    httpJson,
    'protocol of the exporter; only `http/json` is supported',
  ),
  tracesProtocol: variable(
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    httpJson,
    'protocol for traces; only `http/json` is supported',
  ),
  exporter: variable(
    'OTEL_TRACES_EXPORTER',
    oneOf('otlp', 'none'),
    '`otlp` turns traces on without an endpoint, for a collector at `http://localhost:4318`; `none` turns them off',
  ),
  isDisabled: variable('OTEL_SDK_DISABLED', flag, '`true` turns traces off', 'false'),
  serviceName: variable('OTEL_SERVICE_NAME', text, 'name of the service in traces', 'journals-gateway'),
} as const;

/** As the OpenTelemetry specification says, nothing is exported unless an endpoint or an exporter is set. */
export function tracingOf(values: ConfigOf<typeof tracingVariables>): TracingConfig | null {
  const { endpoint, exporter, isDisabled, serviceName } = values;
  const url = values.tracesEndpoint ?? (endpoint && `${endpoint}/v1/traces`);
  if (isDisabled || exporter === 'none' || (url === null && exporter === null)) return null;
  return { url: url ?? 'http://localhost:4318/v1/traces', serviceName };
}
