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
    'base address of an OTLP collector for [traces](#traces); without one nothing is sent',
  ),
  tracesEndpoint: variable('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', httpUrl, 'the whole address for traces instead'),
  protocol: variable('OTEL_EXPORTER_OTLP_PROTOCOL', httpJson, '`http/json` is the only one that is supported'),
  tracesProtocol: variable('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', httpJson, 'the same, for traces'),
  exporter: variable('OTEL_TRACES_EXPORTER', oneOf('otlp', 'none'), '`otlp` or `none`'),
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
