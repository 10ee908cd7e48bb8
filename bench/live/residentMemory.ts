import { readFileSync } from 'node:fs';

/** What a process holds of the machine's memory, in bytes; NaN where there is no /proc. */
export function residentMemory(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
  } catch {
    return NaN;
  }
}
