import { afterAll, beforeAll } from 'vitest';

import { serveBinary } from './startBinary.ts';
import type { ServingBinary } from './startBinary.ts';

/** Runs one `serve --sandbox` for all tests of a file, which must not depend on each other's data. */
export function sharedBinary(): () => ServingBinary {
  let serving: ServingBinary | undefined;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    serving = await serveBinary(undefined, {}, (end) => ends.push(end));
  });
  afterAll(() => Promise.all(ends.map((end) => end())));
  return () => {
    if (!serving) throw new Error('the gateway runs only while tests run, not while they are collected');
    return serving;
  };
}
