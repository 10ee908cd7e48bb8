import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/** What the floors may write: a line with fields. Credentials and Travel Rule data are never among them. */
export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error'>;

/**
 * JSON lines on stderr: stdout belongs to what a command prints.
 * Redaction is the last line of defence; callers log names, ids and counts, not payloads.
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
