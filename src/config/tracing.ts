import { z } from 'zod';

import { httpUrl } from './values.ts';

/** Where traces go. What else the SDK can be told, it reads from the environment itself. */
export interface TracingConfig {
  url: string;
  serviceName: string;
}

export const tracingEnvironment = z.object({
  OTEL_SDK_DISABLED: z.stringbool({ error: 'expected true or false' }).default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'expected otlp or none' }).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/json', { error: 'expected http/json' }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.literal('http/json', { error: 'expected http/json' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_SERVICE_NAME: z.string().default('journals-gateway'),
});

/** As the OpenTelemetry specification has them: nothing is exported unless somebody says where to. */
export function tracingOf(values: z.output<typeof tracingEnvironment>): TracingConfig | null {
  const { OTEL_TRACES_EXPORTER: exporter, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = values;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (endpoint && `${endpoint}/v1/traces`);
  if (values.OTEL_SDK_DISABLED || exporter === 'none') return null;
  if (url === undefined && exporter === undefined) return null;
  return { url: url ?? 'http://localhost:4318/v1/traces', serviceName: values.OTEL_SERVICE_NAME };
}
