import { afterAll, afterEach, expect } from 'vitest';

import { takeLeaks } from './watchedLog.ts';

/**
 * Fails if a log line so far contains a credential or Travel Rule data. Vitest loads this file before every test file.
 * `afterAll` finds the lines that were written after the last test.
 */
const check = () => expect(takeLeaks(), 'log lines that contain secrets').toEqual([]);

afterEach(check);
afterAll(check);
