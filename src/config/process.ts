import { z } from 'zod';

import { oneOf, port, seconds, text } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

export const listenerVariables = {
  port: variable('PORT', port, 'port to listen on; `--port` overrides it', '4000'),
  host: variable('HOST', text, 'address to listen on; `--host` overrides it', '127.0.0.1'),
} as const;

export const adminVariables = {
  port: variable(
    'ADMIN_PORT',
    z.union([z.literal('off'), port], { error: 'expected a port, 0 to 65535, or off' }),
    'port of [the admin server](#the-admin-port); `off` disables it',
    '4001',
  ),
  host: variable('ADMIN_HOST', text, 'address of the admin server', '127.0.0.1'),
} as const;

/** The server for operators. */
export interface AdminConfig {
  port: number;
  host: string;
}

export function adminOf({ port, host }: ConfigOf<typeof adminVariables>): AdminConfig | null {
  return port === 'off' ? null : { port, host };
}

export const shutdownVariables = {
  delayMs: variable(
    'SHUTDOWN_DELAY_SECONDS',
    seconds(0, 999),
    'how long the gateway keeps serving after a stop signal, while `/ready` returns 503',
    '0',
  ),
  graceMs: variable(
    'SHUTDOWN_GRACE_SECONDS',
    seconds(0, 999),
    'maximum time that running operations may take after this delay',
    '10',
  ),
  spreadMs: variable(
    'SHUTDOWN_SPREAD_SECONDS',
    seconds(0, 60),
    'after running operations have ended: time over which the disconnection of subscribers is spread, so that they do not all reconnect at once',
    '3',
  ),
} as const;

export const logVariables = {
  level: variable(
    'LOG_LEVEL',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    'lowest level that is logged: `trace`, `debug`, `info`, `warn`, `error` or `silent`; logs go to stderr',
    'info',
  ),
} as const;

export type LogLevel = ConfigOf<typeof logVariables>['level'];
