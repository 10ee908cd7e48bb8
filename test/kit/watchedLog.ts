import { createLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';

import { plantedIn } from './planted.ts';

let lines = 0;
const leaks: string[] = [];

/** Looks at a line of a log; `failOnLeaks.ts` fails the test in which it leaks. */
export function watchLine(line: string): void {
  lines += 1;
  if (plantedIn(line).length > 0) leaks.push(line);
}

/** The log of whatever the kit starts: at `trace`, every line looked at, and kept by nobody but who asks for it. */
export function watchedLog(keep?: (line: string) => void): Log {
  return createLog('trace', {
    write: (line) => {
      watchLine(line);
      keep?.(line);
    },
  });
}

/** How many lines have been written so far. */
export function watchedLines(): number {
  return lines;
}

/** The lines that held what no log may hold, since it was asked last. */
export function takeLeaks(): string[] {
  return leaks.splice(0);
}
