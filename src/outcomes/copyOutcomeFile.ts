import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Maximum number of attempts to copy while the file changes. */
const maxAttempts = 50;
/** The suffixes of the database file and of its write-ahead log. */
const suffixes = ['', '-wal'];

/**
 * Copies the file of an outcome store, which a running gateway locks for itself, without touching it.
 *
 * @returns the path of the copy, and a function that deletes it
 * @throws Error if the file can't be read, or changes too often
 */
export function copyOutcomeFile(file: string): { copy: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'journals-outcomes-'));
  const copy = join(folder, 'outcomes.db');
  const remove = () => rmSync(folder, { recursive: true });
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const before = stateOf(file);
      for (const suffix of suffixes) {
        rmSync(copy + suffix, { force: true });
        if (suffix === '' || existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
      }
      // The two copies are consistent only if neither file has changed in the meantime.
      if (stateOf(file) === before) return { copy, remove };
    }
    throw new Error('the file changes too often to be copied');
  } catch (error) {
    remove();
    throw error;
  }
}

function stateOf(file: string): string {
  const states = suffixes.map((suffix) => statSync(file + suffix, { bigint: true, throwIfNoEntry: false }));
  return states.map((stats) => (stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : 'none')).join();
}
