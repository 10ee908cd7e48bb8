import { z } from 'zod';

import { httpUrl, isLoopback, jwksUrl, logLevel, port, seconds, wholeNumber } from './config/values.ts';

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
}

export interface UpstreamConfig {
  /** Scheme and host of the REST and event API, without a path's trailing slash. */
  baseUrl: string;
  credentials: CredentialsConfig;
  eventsVersion: 'v1' | 'v2';
}

/** The two kinds of key are not interchangeable: the wrong flow answers a bare 401. */
export type CredentialsConfig =
  | { kind: 'basic'; keyId: string; secretKey: string }
  | { kind: 'oauth'; clientId: string; clientSecret: string; tokenUrl: string };

/** How callers show who they are. */
export type AuthConfig =
  | { kind: 'none' }
  | { kind: 'api-key'; file: string }
  | { kind: 'jwt'; jwksUrl: string; issuer: string; audience: string; clockSkewS: number };

export interface OutcomesConfig {
  /** Where the outcomes of reverse batches are kept; null for memory. */
  file: string | null;
  /** How long a lost reverse batch has to be missing before it counts as not done, in ms. */
  settleMs: number;
}

/** How much of the past is kept, and how many read more of it; what is absent has its default. */
export interface EventsConfig {
  /** What stays in memory for those who resume. */
  window?: { max?: number | undefined; maxAgeMs?: number | undefined };
  /** Upstream streams besides the feed, and readers that may wait for one. */
  replays?: { streams?: number | undefined; waiting?: number | undefined };
}

/** What clients may take up, and for how long. */
export interface LimitsConfig {
  maxRequestBytes: number;
  maxSockets: number;
  maxOperations: number;
  initTimeoutMs: number;
  pingMs: number;
  stallTimeoutMs: number;
}

/** The port for operators. */
export interface AdminConfig {
  host: string;
  port: number;
}

export interface ShutdownConfig {
  /** How long the gateway, told to stop, says that it is not ready and serves on, in ms. */
  delayMs: number;
  /** How long it then waits for running operations, in ms. */
  graceMs: number;
}

/** Where traces go. What else the SDK can be told, it reads from the environment itself. */
export interface TracingConfig {
  url: string;
  serviceName: string;
}

export interface GatewayConfig {
  host: string;
  port: number;
  /** Null for none. */
  admin: AdminConfig | null;
  shutdown: ShutdownConfig;
  tracing: TracingConfig | null;
  auth: AuthConfig;
  events?: EventsConfig;
  /** Over how long a shutdown sends subscribers away, in ms. */
  spreadMs?: number;
  logLevel: LogLevel;
  outcomes: OutcomesConfig;
  limits: LimitsConfig;
  /** Where journals are; or the sandbox, to be started in this process and reached over TCP. */
  upstream: { kind: 'remote'; remote: UpstreamConfig } | { kind: 'sandbox'; sandbox: SandboxConfig };
}

/** What the command line says; it wins over the environment. */
export interface ConfigFlags {
  sandbox?: boolean | undefined;
  port?: string | undefined;
  host?: string | undefined;
}

const sandboxEnvironment = z.object({
  SANDBOX_PORT: port(4010),
  SANDBOX_KEY_ID: z.string().default('sandbox'),
  SANDBOX_SECRET_KEY: z.string().default('sandbox'),
});

const tracingEnvironment = z.object({
  OTEL_SDK_DISABLED: z.stringbool({ error: 'expected true or false' }).default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'expected otlp or none' }).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/json', { error: 'expected http/json' }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.literal('http/json', { error: 'expected http/json' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_SERVICE_NAME: z.string().default('journals-gateway'),
});

const listenerEnvironment = tracingEnvironment.extend({
  PORT: port(4000),
  HOST: z.string().default('127.0.0.1'),
  EVENTS_WINDOW: wholeNumber(10_000, 1, 1_000_000),
  EVENTS_WINDOW_MINUTES: wholeNumber(15, 1, 10_080),
  REPLAY_STREAMS: wholeNumber(4, 1, 24),
  REPLAY_WAITING: wholeNumber(5_000, 1, 1_000_000),
  SHUTDOWN_SPREAD_SECONDS: wholeNumber(3, 0, 60),
  ADMIN_PORT: z.union([port(4001), z.literal('off')], { error: 'expected a port, 0 to 65535, or off' }),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  SHUTDOWN_DELAY_SECONDS: seconds(0),
  SHUTDOWN_GRACE_SECONDS: seconds(10),
  LOG_LEVEL: logLevel.default('info'),
  OUTCOMES_FILE: z.string().optional(),
  OUTCOMES_SETTLE_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'expected whole seconds, 1 to 99999')
    .transform(Number)
    .default(60),
  AUTH: z.enum(['none', 'api-key', 'jwt'], { error: 'expected none, api-key or jwt' }).default('none'),
  AUTH_API_KEYS_FILE: z.string().default(''),
  AUTH_JWKS_URL: jwksUrl.default(''),
  AUTH_ISSUER: z.string().default(''),
  AUTH_AUDIENCE: z.string().default(''),
  AUTH_CLOCK_SKEW_SECONDS: wholeNumber(30, 0, 300),
  // A batch of 1,000 entries with the longest descriptions fits.
  MAX_REQUEST_BYTES: wholeNumber(4 * 1_048_576, 1_024, 64 * 1_048_576),
  MAX_SOCKETS: wholeNumber(20_000, 1, 1_000_000),
  MAX_OPERATIONS_PER_SOCKET: wholeNumber(100, 1, 100_000),
  SOCKET_INIT_SECONDS: wholeNumber(3, 1, 60),
  // Half of what proxies commonly allow to be silent.
  PING_SECONDS: wholeNumber(12, 1, 3_600),
  STALL_SECONDS: wholeNumber(30, 1, 3_600),
});

const remoteEnvironment = listenerEnvironment.extend({
  APCA_BROKER_BASE_URL: httpUrl.optional(),
  APCA_BROKER_KEY_ID: z.string().optional(),
  APCA_BROKER_SECRET_KEY: z.string().optional(),
  APCA_BROKER_CLIENT_ID: z.string().optional(),
  APCA_BROKER_CLIENT_SECRET: z.string().optional(),
  APCA_BROKER_TOKEN_URL: httpUrl.optional(),
  APCA_BROKER_EVENTS_VERSION: z.enum(['v1', 'v2'], { error: 'expected v1 or v2' }).default('v2'),
});

type RemoteEnvironment = z.output<typeof remoteEnvironment>;

const basicNames = ['APCA_BROKER_KEY_ID', 'APCA_BROKER_SECRET_KEY'] as const;
const keyFileNames = ['AUTH_API_KEYS_FILE'] as const;
const jwtNames = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const;
/** What each way in needs. */
const namesOf = new Map<string, readonly string[]>([
  ['none', []],
  ['api-key', keyFileNames],
  ['jwt', jwtNames],
]);
const oauthNames = ['APCA_BROKER_CLIENT_ID', 'APCA_BROKER_CLIENT_SECRET', 'APCA_BROKER_TOKEN_URL'] as const;

/**
 * Reads what `serve` needs, once; nothing else reads the environment.
 * The sandbox is used when the flag asks for it, never because something is missing.
 *
 * @throws ConfigError naming every problem at once
 */
export function readConfig(environment: NodeJS.ProcessEnv, flags: ConfigFlags = {}): GatewayConfig {
  const given = withFlags(environment, { PORT: flags.port, HOST: flags.host });
  if (flags.sandbox) {
    const values = read(listenerEnvironment.extend(sandboxEnvironment.shape), given, openDoors(given));
    return { ...listener(values), upstream: { kind: 'sandbox', sandbox: sandboxOf(values) } };
  }
  const values = read(remoteEnvironment, given, [...openDoors(given), ...missingOf(given)]);
  const credentials = credentialsOf(values);
  const baseUrl = values.APCA_BROKER_BASE_URL;
  if (!credentials || baseUrl === undefined) throw new TypeError('what is missing was told above');
  const remote = { baseUrl, credentials, eventsVersion: values.APCA_BROKER_EVENTS_VERSION };
  return { ...listener(values), upstream: { kind: 'remote', remote } };
}

/** What would let in others than was meant. */
function openDoors(given: Record<string, string>): string[] {
  const { AUTH: auth = 'none', HOST: host = '127.0.0.1' } = given;
  const needed = namesOf.get(auth);
  // An unknown word is a problem that the shape tells.
  if (!needed) return [];
  const problems = needed
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: missing, AUTH=${auth} needs it`);
  for (const name of [...keyFileNames, ...jwtNames]) {
    if (given[name] !== undefined && !needed.includes(name)) {
      problems.push(`${name}: set, though AUTH is ${auth}: set AUTH to what it belongs to, or leave it out`);
    }
  }
  if (auth === 'none' && !isLoopback(host)) {
    problems.push(`HOST: ${host} is no loopback address, and AUTH is none: set AUTH to api-key or jwt`);
  }
  return problems;
}

/** True for what only this machine can reach. */
function authOf(values: z.output<typeof listenerEnvironment>): AuthConfig {
  switch (values.AUTH) {
    case 'none':
      return { kind: 'none' };
    case 'api-key':
      return { kind: 'api-key', file: values.AUTH_API_KEYS_FILE };
    case 'jwt':
      return {
        kind: 'jwt',
        jwksUrl: values.AUTH_JWKS_URL,
        issuer: values.AUTH_ISSUER,
        audience: values.AUTH_AUDIENCE,
        clockSkewS: values.AUTH_CLOCK_SKEW_SECONDS,
      };
  }
}

/**
 * Where `api-key` puts a key: what the flag says, else the file that `serve` would read.
 *
 * @throws ConfigError
 */
export function readKeyFilePath(environment: NodeJS.ProcessEnv, file: string | undefined): string {
  const path = file ?? environment['AUTH_API_KEYS_FILE'];
  if (path) return path;
  throw new ConfigError(['AUTH_API_KEYS_FILE: missing, set it or say --file']);
}

/** What is not there and must be, and what is there and contradicts; nothing of what it says is secret. */
function missingOf(given: Record<string, string>): string[] {
  const problems: string[] = [];
  if (given['APCA_BROKER_BASE_URL'] === undefined)
    problems.push('APCA_BROKER_BASE_URL: missing, the address of the Broker API');
  const [basic, oauth] = [basicNames, oauthNames].map((names) => names.filter((name) => given[name] !== undefined));
  if (basic?.length && oauth?.length) {
    problems.push(`expected Basic credentials or OAuth ones, found both: ${[...basic, ...oauth].join(', ')}`);
  } else if (oauth?.length) {
    problems.push(...absent(oauthNames, given));
  } else if (basic?.length) {
    problems.push(...absent(basicNames, given));
  } else {
    problems.push(
      `credentials: missing, set ${basicNames.join(' and ')} (Basic) or ${oauthNames.join(', ')} (OAuth 2)`,
    );
  }
  if (problems.length > 0) problems.push('to try the gateway without credentials, start it with --sandbox');
  return problems;
}

function absent(names: readonly string[], given: Record<string, string>): string[] {
  return names.filter((name) => given[name] === undefined).map((name) => `${name}: missing, the credentials need it`);
}

function credentialsOf(values: RemoteEnvironment): CredentialsConfig | null {
  const { APCA_BROKER_KEY_ID: keyId, APCA_BROKER_SECRET_KEY: secretKey } = values;
  if (keyId !== undefined && secretKey !== undefined) return { kind: 'basic', keyId, secretKey };
  const { APCA_BROKER_CLIENT_ID: clientId, APCA_BROKER_CLIENT_SECRET: clientSecret } = values;
  const tokenUrl = values.APCA_BROKER_TOKEN_URL;
  if (clientId === undefined || clientSecret === undefined || tokenUrl === undefined) return null;
  return { kind: 'oauth', clientId, clientSecret, tokenUrl };
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

/** @param others problems that the shape doesn't see, to be told in one go with those that it does */
function read<Shape extends z.ZodType>(
  shape: Shape,
  given: Record<string, string>,
  others: string[] = [],
): z.output<Shape> {
  const result = shape.safeParse(given);
  const problems = (result.error?.issues ?? []).map((issue) => describe(issue, given));
  if (result.success && others.length === 0) return result.data;
  throw new ConfigError([...problems, ...others]);
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const name = issue.path.join('.');
  const found = given[name];
  // A URL may carry a password.
  return found === undefined || found.includes('@') || /SECRET|KEY|CLIENT_ID/.test(name)
    ? `${name}: ${issue.message}`
    : `${name}: ${issue.message}, found ${JSON.stringify(found)}`;
}

function listener(values: z.output<typeof listenerEnvironment>): Omit<GatewayConfig, 'upstream'> {
  return {
    host: values.HOST,
    port: values.PORT,
    admin: adminOf(values),
    shutdown: {
      delayMs: values.SHUTDOWN_DELAY_SECONDS * 1_000,
      graceMs: values.SHUTDOWN_GRACE_SECONDS * 1_000,
    },
    tracing: tracingOf(values),
    auth: authOf(values),
    logLevel: values.LOG_LEVEL,
    limits: limitsOf(values),
    spreadMs: values.SHUTDOWN_SPREAD_SECONDS * 1_000,
    outcomes: { file: values.OUTCOMES_FILE ?? null, settleMs: values.OUTCOMES_SETTLE_SECONDS * 1_000 },
    events: {
      window: { max: values.EVENTS_WINDOW, maxAgeMs: values.EVENTS_WINDOW_MINUTES * 60_000 },
      replays: { streams: values.REPLAY_STREAMS, waiting: values.REPLAY_WAITING },
    },
  };
}

function limitsOf(values: z.output<typeof listenerEnvironment>): LimitsConfig {
  return {
    maxRequestBytes: values.MAX_REQUEST_BYTES,
    maxSockets: values.MAX_SOCKETS,
    maxOperations: values.MAX_OPERATIONS_PER_SOCKET,
    initTimeoutMs: values.SOCKET_INIT_SECONDS * 1_000,
    pingMs: values.PING_SECONDS * 1_000,
    stallTimeoutMs: values.STALL_SECONDS * 1_000,
  };
}

function adminOf(values: z.output<typeof listenerEnvironment>): AdminConfig | null {
  const { ADMIN_HOST: host, ADMIN_PORT: port } = values;
  return port === 'off' ? null : { host, port };
}

/** As the OpenTelemetry specification has them: nothing is exported unless somebody says where to. */
function tracingOf(values: z.output<typeof tracingEnvironment>): TracingConfig | null {
  const { OTEL_TRACES_EXPORTER: exporter, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = values;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (endpoint && `${endpoint}/v1/traces`);
  if (values.OTEL_SDK_DISABLED || exporter === 'none') return null;
  if (url === undefined && exporter === undefined) return null;
  return { url: url ?? 'http://localhost:4318/v1/traces', serviceName: values.OTEL_SERVICE_NAME };
}

function sandboxOf(values: z.output<typeof sandboxEnvironment>): SandboxConfig {
  return {
    port: values.SANDBOX_PORT,
    keyId: values.SANDBOX_KEY_ID,
    secretKey: values.SANDBOX_SECRET_KEY,
  };
}
