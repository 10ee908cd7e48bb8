import { afterAll, afterEach, expect } from 'vitest';

import { takeWarnings } from './watchedWarnings.ts';

/** In every test file: Node sees no leak of listeners. */
const check = () => expect(takeWarnings(), 'listeners that may be a leak').toEqual([]);

afterEach(check);
afterAll(check);
