import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import type { SandboxOptions } from '../../../src/sandbox/setup/SandboxOptions.ts';
import { customer, sweep } from '../../kit/accounts.ts';
import { apiSecret } from '../../kit/planted.ts';
import { startSandbox } from '../../kit/startGateway.ts';

export interface Api {
  sandbox: Sandbox;
  /** The environment of a gateway that serves the console, in front of this sandbox. */
  environment: Record<string, string>;
  /** Creates a journal directly at the API. @returns its id */
  createAtApi: (amount: string) => Promise<string>;
  deleteAtApi: (id: string) => Promise<void>;
}

/** Starts a sandbox for a console, with functions that call it without the console. It is closed when the test ends. */
export async function startApi(options: Partial<SandboxOptions> = {}): Promise<Api> {
  const sandbox = await startSandbox({ jnlcFlow: 'v2', ...options });
  const call = (method: string, path: string, body?: object) =>
    fetch(`${sandbox.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`sandbox:${apiSecret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  return {
    sandbox,
    environment: {
      CONSOLE: 'on',
      APCA_BROKER_BASE_URL: sandbox.url,
      APCA_BROKER_KEY_ID: 'sandbox',
      APCA_BROKER_SECRET_KEY: apiSecret,
    },
    createAtApi: async (amount) => {
      const entry = { entry_type: 'JNLC', from_account: sweep, to_account: customer, amount };
      const { id } = (await (await call('POST', '/v1/journals', entry)).json()) as { id: string };
      return id;
    },
    deleteAtApi: async (id) => {
      await call('DELETE', `/v1/journals/${id}`);
    },
  };
}
