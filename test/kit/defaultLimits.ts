import { readConfig } from '../../src/config/readConfig.ts';

/** As a gateway has them to which nobody said otherwise. */
export const defaultLimits = readConfig({}, { sandbox: true }).limits;
