import { readFileSync } from 'node:fs';

/** Resident memory of a process, in bytes; NaN without /proc. */
export function residentMemory(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
  } catch {
    return NaN;
  }
}
