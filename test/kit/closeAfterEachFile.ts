import { afterAll } from 'vitest';

import { closeFile } from './closeAfterFile.ts';

/** Set up in every test file: ends what its tests have shared. */
afterAll(closeFile);
