import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { closeLater } from './closeLater.ts';

/** In memory, on Linux. The tests kill processes, not the machine, so that nothing depends on what a disk has written. */
const inMemory = '/dev/shm';

/** Creates a folder for small files. It is removed when the test ends. */
export async function temporaryFolder(parent = existsSync(inMemory) ? inMemory : tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'journals-'));
  closeLater(() => rm(folder, { recursive: true }));
  return folder;
}
