import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/** The methods of a pino logger that the gateway uses. Credentials and Travel Rule data must never be logged. */
export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'>;

/**
 * Creates a log that writes JSON lines to stderr; stdout is for the output of commands. Callers log names, ids and
 * counts, not payloads: redaction is only the last line of defence.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['authorization', '*.authorization', 'headers', '*.headers', 'body', '*.body'], remove: true },
    },
    destination ?? pino.destination({ fd: 2, sync: false }),
  );
}
