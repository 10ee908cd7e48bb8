import { afterAll, afterEach, expect } from 'vitest';

import { takeLeaks } from './watchedLog.ts';

/** In every test file: no line of any log holds a credential or Travel Rule data, nor does one that comes late. */
const check = () => expect(takeLeaks(), 'lines of the log that hold what no log may hold').toEqual([]);

afterEach(check);
afterAll(check);
