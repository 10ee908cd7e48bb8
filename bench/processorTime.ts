import { readFileSync } from 'node:fs';

/** Returns the processor time that a process has used, in microseconds; 0 without /proc. */
export function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    // A tick is 10 ms on every Linux that Node supports.
    return ticks * 10_000;
  } catch {
    return 0;
  }
}
