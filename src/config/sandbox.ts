import { port, text } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

export const sandboxVariables = {
  port: variable('SANDBOX_PORT', port, 'with `--sandbox`: port of the sandbox', '4010'),
  keyId: variable('SANDBOX_KEY_ID', text, 'with `--sandbox`: key id that the sandbox accepts', 'sandbox'),
  secretKey: variable('SANDBOX_SECRET_KEY', text, 'with `--sandbox`: secret key that the sandbox accepts', 'sandbox'),
} as const;

export type SandboxConfig = ConfigOf<typeof sandboxVariables>;
