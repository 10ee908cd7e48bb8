import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import type { SandboxOptions } from '../../../src/sandbox/setup/SandboxOptions.ts';
import { customer, sweep } from '../../kit/accounts.ts';
import { freePort } from '../../kit/freePort.ts';
import { apiSecret } from '../../kit/planted.ts';
import { serveBinary } from '../../kit/startBinary.ts';
import type { ServingBinary } from '../../kit/startBinary.ts';
import { startSandbox } from '../../kit/startGateway.ts';

interface StartedConsole {
  sandbox: Sandbox;
  origin: string;
  gateway: ServingBinary;
  /** Starts the gateway again at the same origin. */
  serveAgain: () => Promise<ServingBinary>;
  /** Creates a journal at the API itself. @returns its id */
  createAtApi: (amount: string) => Promise<string>;
  deleteAtApi: (id: string) => Promise<void>;
}

/** A gateway with the console before a sandbox of its own. Ends with the test. */
export async function startConsole(options: Partial<SandboxOptions> = {}): Promise<StartedConsole> {
  const sandbox = await startSandbox({ jnlcFlow: 'v2', ...options });
  const port = String(await freePort());
  const serveAgain = () =>
    serveBinary(['--port', port], {
      CONSOLE: 'on',
      APCA_BROKER_BASE_URL: sandbox.url,
      APCA_BROKER_KEY_ID: 'sandbox',
      APCA_BROKER_SECRET_KEY: apiSecret,
    });
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
    origin: `http://127.0.0.1:${port}`,
    gateway: await serveAgain(),
    serveAgain,
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
