import { createLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';

import { plantedIn } from './planted.ts';

let lines = 0;
const leaks: string[] = [];

/** Checks a log line for secrets; `failOnLeaks.ts` fails the test if it contains any. */
export function watchLine(line: string): void {
  lines += 1;
  if (plantedIn(line).length > 0) leaks.push(line);
}

/** Creates the log of everything that the kit starts: at `trace`, with every line checked for secrets. */
export function watchedLog(keep?: (line: string) => void): Log {
  return createLog('trace', {
    write: (line) => {
      watchLine(line);
      keep?.(line);
    },
  });
}

/** Returns the number of lines that have been checked so far. */
export function watchedLines(): number {
  return lines;
}

/** Returns the lines with secrets since the last call. */
export function takeLeaks(): string[] {
  return leaks.splice(0);
}
