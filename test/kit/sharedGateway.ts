import { afterAll, beforeAll } from 'vitest';

import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';

import { apiSecret } from './planted.ts';
import { minimalConfig } from './minimalConfig.ts';
import { watchedLog } from './watchedLog.ts';

/** Runs one gateway with its sandbox for all tests of a file. For small tests that leave no state behind. */
export function sharedGateway(): { readonly url: string } {
  let gateway: Gateway | undefined;
  beforeAll(async () => {
    const sandbox = { port: 0, keyId: 'sandbox', secretKey: apiSecret } as const;
    gateway = await createGateway({
      config: { ...minimalConfig, upstream: { kind: 'sandbox', sandbox } },
      log: watchedLog(),
      defaultQuery: '',
    });
  });
  afterAll(() => gateway?.close());
  return {
    get url() {
      if (!gateway) throw new Error('the gateway runs only while tests run, not while they are collected');
      return gateway.url;
    },
  };
}
