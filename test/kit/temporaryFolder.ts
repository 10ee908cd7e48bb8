import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { closeLater } from './closeLater.ts';

/** A folder in memory, on Linux. Files in it survive the death of a process, and the tests never stop the machine. */
const inMemory = '/dev/shm';

/** Creates a folder for small files. It is removed when the test ends. */
export async function temporaryFolder(parent = existsSync(inMemory) ? inMemory : tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'journals-'));
  closeLater(() => rm(folder, { recursive: true }));
  return folder;
}
