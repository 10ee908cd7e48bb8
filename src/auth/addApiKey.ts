import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';

import { createApiKey, hashApiKey } from './apiKey.ts';
import { readKeyFile, withKey } from './keyFile.ts';
import type { KeyEntry } from './keyFile.ts';
import { invalidFile, SetupError } from '../errors/SetupError.ts';

/**
 * Creates a key and adds its hash to a key file, which is replaced atomically. A missing file is created, readable by
 * its owner only.
 *
 * @returns the key, which is not stored
 * @throws SetupError that lists every problem
 */
export async function addApiKey(file: string, entry: Omit<KeyEntry, 'hash'>): Promise<string> {
  const key = createApiKey();
  try {
    // Resolves a symbolic link: replacing the link itself would leave its target unchanged.
    const path = await realpath(file).catch(ifMissing(file));
    await replaceFile(path, (text) => {
      const before = text === null ? [] : readKeyFile(text).problems;
      if (before.length > 0) throw invalidFile(file, before);
      const after = withKey(text, { ...entry, hash: hashApiKey(key) });
      // The file was valid before, so the problems are those of the new entry.
      const { problems } = readKeyFile(after);
      if (problems.length > 0) throw new SetupError(problems.map(withoutPlace).join('\n'));
      return after;
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    const lockedMessage = 'another command is adding a key; if none is running, remove the file that ends in .new';
    throw invalidFile(file, [code === 'EEXIST' ? lockedMessage : `can't be written: ${code}`]);
  }
  return key;
}

/** Writes a new file and renames it. Refuses concurrent writers, since one could undo the change of the other. */
async function replaceFile(path: string, change: (text: string | null) => string): Promise<void> {
  const temporary = `${path}.new`;
  const mode = await stat(path).then(({ mode: current }) => current & 0o777, ifMissing(0o600));
  const handle = await open(temporary, 'wx', mode);
  try {
    const text = await readFile(path, 'utf8').catch(ifMissing(null));
    await handle.writeFile(change(text));
    await handle.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return value;
  };
}

/** The code of a file system error; null for other errors. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

/** Removes the entry's index, as in `keys.3.scopes.0: …`. */
function withoutPlace(problem: string): string {
  return problem.replace(/^keys\.\d+\./, '');
}
