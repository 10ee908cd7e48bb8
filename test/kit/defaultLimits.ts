import { readConfig } from '../../src/config/readConfig.ts';

/** The limits of a gateway without configuration. */
export const defaultLimits = readConfig({}, { sandbox: true }).limits;
