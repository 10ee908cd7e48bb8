import { closeAll } from '../concurrency/closeAll.ts';
import type { Part } from '../concurrency/closeAll.ts';
import { FaultPlan } from './faults/FaultPlan.ts';
import { ApiHandler } from './http/ApiHandler.ts';
import { ApiServer } from './http/ApiServer.ts';
import { Credentials } from './admission/Credentials.ts';
import { RateLimit } from './admission/RateLimit.ts';
import { RequestLog } from './exchange/RequestLog.ts';
import { Ledger } from './ledger/Ledger.ts';
import { ControlRoutes } from './routes/ControlRoutes.ts';
import { createControls } from './routes/controls.ts';
import { ApiRoutes } from './routes/ApiRoutes.ts';
import { SandboxClock } from './values/SandboxClock.ts';
import { type SandboxOptions, type Settings, readSettings } from './setup/SandboxOptions.ts';
import { Store } from './store/Store.ts';

export interface Sandbox {
  /** Such as `http://127.0.0.1:4010`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /**
   * Closes every connection, stops every timer and closes the ledger. The data file, if there is one, contains every
   * write that was acknowledged.
   *
   * @throws AggregateError with one error per part that could not be closed
   */
  close(): Promise<void>;
}

/**
 * Starts an emulator of the Journals REST API and its event streams. Rejects if the server can't listen on the address
 * or the data file can't be opened.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const settings = readSettings(options);
  const clock = new SandboxClock(settings.clock, settings.clockMode === 'manual');
  const faults = new FaultPlan();
  const opened: Part[] = [];
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= closeAll(opened.toReversed()));
  try {
    const store = new Store(settings.dataFile);
    opened.push(['the data file', () => store.close()]);
    const ledger = new Ledger({ store, settings, clock, drawDisorderedId: () => faults.drawDisorderedId() });
    opened.push(['the ledger', () => ledger.close()]);
    const server = createServer(settings, clock, faults, ledger);
    opened.push(['the port', () => server.close()], ['the event streams', () => ledger.hub.close()]);
    const port = await server.listen();
    ledger.start();
    return { url: `http://${hostInUrl(settings.host)}:${port}`, port, close };
  } catch (error) {
    await close().catch(settings.onError);
    throw error;
  }
}

/** In a URL, an IPv6 address must be in brackets. */
function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function createServer(settings: Settings, clock: SandboxClock, faults: FaultPlan, ledger: Ledger): ApiServer {
  const credentials = new Credentials(settings, clock);
  const log = new RequestLog(settings.logSize);
  const rateLimit = new RateLimit(settings.rateLimit, () => clock.realMilliseconds());
  const reset = async () => {
    await ledger.reset();
    faults.replace([], 0);
    for (const part of [credentials, log, rateLimit]) part.reset();
  };
  const api = new ApiHandler({
    routes: new ApiRoutes({ ...ledger.parts, credentials, settings }),
    hub: ledger.hub,
    settings,
    faults,
    rateLimit,
    credentials,
    log,
    clock,
  });
  const control = new ControlRoutes(
    createControls({ ...ledger.parts, faults, credentials, log, clock, settings, reset }),
    settings.control,
  );
  return new ApiServer({ api, control, settings, clock });
}
