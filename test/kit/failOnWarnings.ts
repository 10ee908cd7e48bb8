import { afterAll, afterEach, expect } from 'vitest';

import { takeWarnings } from './watchedWarnings.ts';

/** Set up in every test file: fails if Node warns of a possible listener leak. */
const check = () => expect(takeWarnings(), 'warnings of listener leaks').toEqual([]);

afterEach(check);
afterAll(check);
