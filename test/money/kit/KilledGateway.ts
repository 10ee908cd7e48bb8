import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { freePort } from '../../kit/freePort.ts';
import { apiSecret } from '../../kit/planted.ts';
import { serveBinary } from '../../kit/startBinary.ts';
import type { ServingBinary } from '../../kit/startBinary.ts';

/** The built gateway in its own process, which can be killed with kill -9 and restarted at the same address. */
export class KilledGateway {
  readonly #sandbox: Sandbox;
  readonly #environment: Record<string, string>;
  readonly #port: number;
  #serving: ServingBinary;
  kills = 0;

  private constructor(sandbox: Sandbox, environment: Record<string, string>, port: number, serving: ServingBinary) {
    this.#sandbox = sandbox;
    this.#environment = environment;
    this.#port = port;
    this.#serving = serving;
  }

  static async start(sandbox: Sandbox, environment: Record<string, string> = {}): Promise<KilledGateway> {
    const port = await freePort();
    return new KilledGateway(sandbox, environment, port, await serve(sandbox, environment, port));
  }

  get url(): string {
    return this.#serving.url;
  }

  /** The port on which clients connect. */
  get port(): number {
    return this.#port;
  }

  killAndRestart(): Promise<void> {
    this.kills += 1;
    return this.restart('SIGKILL');
  }

  async restart(signal: NodeJS.Signals): Promise<void> {
    this.#serving.binary.kill(signal);
    await this.#serving.binary.exit;
    this.#serving = await serve(this.#sandbox, this.#environment, this.#port);
  }
}

function serve(sandbox: Sandbox, environment: Record<string, string>, port: number): Promise<ServingBinary> {
  return serveBinary(['--port', String(port)], {
    APCA_BROKER_BASE_URL: sandbox.url,
    APCA_BROKER_KEY_ID: 'sandbox',
    APCA_BROKER_SECRET_KEY: apiSecret,
    ...environment,
  });
}
