import { z } from 'zod';

/** What is wrong with the environment or the flags, every problem on a line of its own. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: string[]) {
    super(['the configuration does not hold:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

export type LogLevel = z.infer<typeof logLevel>;

export interface SandboxConfig {
  port: number;
  /** The one Basic credential that the sandbox accepts. */
  keyId: string;
  secretKey: string;
  logLevel: LogLevel;
}

export interface UpstreamConfig {
  /** Scheme and host of the REST and event API, without a path's trailing slash. */
  baseUrl: string;
  keyId: string;
  secretKey: string;
  eventsVersion: 'v1' | 'v2';
}

export interface GatewayConfig {
  host: string;
  port: number;
  logLevel: LogLevel;
  /** Where journals are; or the sandbox, to be started in this process and reached over TCP. */
  upstream: { kind: 'remote'; remote: UpstreamConfig } | { kind: 'sandbox'; sandbox: SandboxConfig };
}

/** What the command line says; it wins over the environment. */
export interface ConfigFlags {
  sandbox?: boolean | undefined;
  port?: string | undefined;
  host?: string | undefined;
}

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'expected a port, 0 to 65535')
    .transform(Number)
    .refine((value) => value <= 65_535, 'expected a port, 0 to 65535')
    .default(fallback);

const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
  error: 'expected trace, debug, info, warn, error or silent',
});

const baseUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: 'expected an http or https URL',
    abort: true,
  })
  .refine((value) => {
    const url = new URL(value);
    return url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  }, 'expected a URL without credentials, query and fragment')
  .transform((value) => value.replace(/\/+$/, ''));

const common = z.object({ LOG_LEVEL: logLevel.default('info') });

const sandboxEnvironment = common.extend({
  SANDBOX_PORT: port(4010),
  SANDBOX_KEY_ID: z.string().default('sandbox'),
  SANDBOX_SECRET_KEY: z.string().default('sandbox'),
});

const listenerEnvironment = common.extend({ PORT: port(4000), HOST: z.string().default('127.0.0.1') });

const missing = (purpose: string) =>
  z.string({ error: `missing: ${purpose}; or start with --sandbox to try the gateway without credentials` });

const remoteEnvironment = listenerEnvironment.extend({
  APCA_BROKER_BASE_URL: missing('the address of the Broker API').pipe(baseUrl),
  APCA_BROKER_KEY_ID: missing('the key id of the Broker API credentials'),
  APCA_BROKER_SECRET_KEY: missing('the secret key of the Broker API credentials'),
  APCA_BROKER_EVENTS_VERSION: z.enum(['v1', 'v2'], { error: 'expected v1 or v2' }).default('v2'),
});

/**
 * Reads what `serve` needs, once; nothing else reads the environment.
 * The sandbox is used when the flag asks for it, never because something is missing.
 *
 * @throws ConfigError naming every problem at once
 */
export function readConfig(environment: NodeJS.ProcessEnv, flags: ConfigFlags = {}): GatewayConfig {
  const given = withFlags(environment, { PORT: flags.port, HOST: flags.host });
  if (flags.sandbox) {
    const values = read(listenerEnvironment.extend(sandboxEnvironment.shape), given);
    return { ...listener(values), upstream: { kind: 'sandbox', sandbox: sandboxOf(values) } };
  }
  const values = read(remoteEnvironment, given);
  return {
    ...listener(values),
    upstream: {
      kind: 'remote',
      remote: {
        baseUrl: values.APCA_BROKER_BASE_URL,
        keyId: values.APCA_BROKER_KEY_ID,
        secretKey: values.APCA_BROKER_SECRET_KEY,
        eventsVersion: values.APCA_BROKER_EVENTS_VERSION,
      },
    },
  };
}

/** Reads what `sandbox` needs. @throws ConfigError naming every problem at once */
export function readSandboxConfig(
  environment: NodeJS.ProcessEnv,
  flags: Pick<ConfigFlags, 'port'> = {},
): SandboxConfig {
  return sandboxOf(read(sandboxEnvironment, withFlags(environment, { SANDBOX_PORT: flags.port })));
}

/** An empty variable counts as unset: that is what `PORT= npm start` and most compose files mean. */
function withFlags(environment: NodeJS.ProcessEnv, flags: Record<string, string | undefined>): Record<string, string> {
  const given = {
    ...environment,
    ...Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)),
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

function read<Shape extends z.ZodType>(shape: Shape, given: Record<string, string>): z.output<Shape> {
  const result = shape.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => describe(issue, given)));
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const name = issue.path.join('.');
  const found = given[name];
  return found === undefined || /SECRET|KEY/.test(name)
    ? `${name}: ${issue.message}`
    : `${name}: ${issue.message}, found ${JSON.stringify(found)}`;
}

function listener(values: z.output<typeof listenerEnvironment>): Pick<GatewayConfig, 'host' | 'port' | 'logLevel'> {
  return { host: values.HOST, port: values.PORT, logLevel: values.LOG_LEVEL };
}

function sandboxOf(values: z.output<typeof sandboxEnvironment>): SandboxConfig {
  return {
    port: values.SANDBOX_PORT,
    keyId: values.SANDBOX_KEY_ID,
    secretKey: values.SANDBOX_SECRET_KEY,
    logLevel: values.LOG_LEVEL,
  };
}
