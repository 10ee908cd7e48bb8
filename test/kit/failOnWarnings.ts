import { afterAll, afterEach, expect } from 'vitest';

import { takeWarnings } from './watchedWarnings.ts';

/** Fails if Node has warned of a possible listener leak. Vitest loads this file before every test file. */
const check = () => expect(takeWarnings(), 'warnings of listener leaks').toEqual([]);

afterEach(check);
afterAll(check);
