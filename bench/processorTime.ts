import { readFileSync } from 'node:fs';

/** Processor time that a process has used, microseconds; 0 where there is no /proc. */
export function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    // A tick is 10 ms on every Linux that Node runs on.
    return ticks * 10_000;
  } catch {
    return 0;
  }
}
