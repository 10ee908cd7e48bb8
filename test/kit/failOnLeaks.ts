import { afterAll, afterEach, expect } from 'vitest';

import { takeLeaks } from './watchedLog.ts';

/** Set up in every test file: fails if a log line contains a credential or Travel Rule data, even after a test. */
const check = () => expect(takeLeaks(), 'log lines that contain secrets').toEqual([]);

afterEach(check);
afterAll(check);
