import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';

import { createApiKey, hashApiKey } from './apiKey.ts';
import { readKeyFile, withKey } from './keyFile.ts';
import type { KeyEntry } from './keyFile.ts';
import { AuthSetupError } from '../errors/authErrors.ts';

/**
 * Makes a key and puts its hash into a key file, which is there whole at every moment; a file that isn't there is made,
 * readable by its owner alone.
 *
 * @returns the key, which is kept nowhere
 * @throws AuthSetupError with a line for every problem
 */
export async function addApiKey(file: string, entry: Omit<KeyEntry, 'hash'>): Promise<string> {
  const key = createApiKey();
  try {
    // Through a link to the file itself: a link that is replaced by a file is read by nobody else.
    const path = await realpath(file).catch(ifMissing(file));
    await replaceFile(path, (text) => {
      const before = text === null ? [] : readKeyFile(text).problems;
      if (text !== null && before.length > 0) throw setupError(file, before);
      const after = withKey(text, { ...entry, hash: hashApiKey(key) });
      // What is wrong now is the entry, in the words of the file.
      const { problems } = readKeyFile(after);
      if (problems.length > 0) throw new AuthSetupError(problems.map(withoutPlace).join('\n'));
      return after;
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    const isBeingWritten = 'a key is being put in, or a command was cut off: then remove the file that ends in .new';
    throw setupError(file, [code === 'EEXIST' ? isBeingWritten : `can't be written: ${code}`]);
  }
  return key;
}

/** Writes beside the file and moves into its place. Who comes second is refused: it would undo what the first has done. */
async function replaceFile(path: string, change: (text: string | null) => string): Promise<void> {
  const beside = `${path}.new`;
  const mode = await stat(path).then(({ mode: known }) => known & 0o777, ifMissing(0o600));
  const handle = await open(beside, 'wx', mode);
  try {
    const text = await readFile(path, 'utf8').catch(ifMissing(null));
    await handle.writeFile(change(text));
    await handle.sync();
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
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

/** What the file system says; null for what something else says. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

function setupError(file: string, problems: readonly string[]): AuthSetupError {
  return new AuthSetupError(problems.map((problem) => `${file}: ${problem}`).join('\n'));
}

/** `keys.3.scopes.0: …` is where it would have stood in the file. */
function withoutPlace(problem: string): string {
  return problem.replace(/^keys\.\d+\./, '');
}
