import { closeAll } from '../concurrency/closeAll.ts';
import type { Part } from '../concurrency/closeAll.ts';
import { FaultPlan } from './faults/FaultPlan.ts';
import { ApiHandler } from './http/ApiHandler.ts';
import { ApiServer } from './http/ApiServer.ts';
import { Credentials } from './exchange/Credentials.ts';
import { RateLimit } from './http/RateLimit.ts';
import { RequestLog } from './exchange/RequestLog.ts';
import { Ledger } from './ledger/Ledger.ts';
import { getAccount, listAccounts } from './routes/accounts.ts';
import { ControlRoutes } from './routes/ControlRoutes.ts';
import { controlsOf } from './routes/controls.ts';
import { EventRoutes } from './routes/EventRoutes.ts';
import { listJournals } from './routes/listJournals.ts';
import { JournalRoutes } from './routes/JournalRoutes.ts';
import { SandboxClock } from './domain/SandboxClock.ts';
import { type SandboxOptions, type Settings, settingsOf } from './domain/SandboxOptions.ts';
import { seededRandom } from './domain/seededRandom.ts';
import { Store } from './store/Store.ts';

export interface Sandbox {
  /** `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /**
   * Ends every connection and timer and closes the ledger; what was acknowledged is in the file.
   *
   * @throws AggregateError with one error for each part that could not be closed
   */
  close(): Promise<void>;
}

/** Starts an emulator of the Journals REST and event API. Rejects when its address or file can't be had. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const settings = settingsOf(options);
  const clock = new SandboxClock(settings.clock, settings.clockMode === 'manual');
  const faults = new FaultPlan();
  const opened: Part[] = [];
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= closeAll(opened.toReversed()));
  try {
    const store = new Store(settings.dataFile);
    opened.push(['the data file', () => store.close()]);
    const ledger = new Ledger({ store, settings, clock, disordered: () => faults.drawDisorder() });
    opened.push(['the ledger', () => ledger.close()]);
    const server = serverOf(settings, clock, faults, ledger);
    opened.push(['the port', () => server.close()], ['the event streams', () => ledger.hub.close()]);
    const port = await server.listen();
    ledger.start();
    return { url: `http://${inUrl(settings.host)}:${port}`, port, close };
  } catch (error) {
    await close().catch(settings.onError);
    throw error;
  }
}

/** An IPv6 address stands in brackets there. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function serverOf(settings: Settings, clock: SandboxClock, faults: FaultPlan, ledger: Ledger): ApiServer {
  const credentials = new Credentials(settings, clock);
  const log = new RequestLog(settings.logSize);
  const rateLimit = new RateLimit(settings.rateLimit, () => clock.realMilliseconds());
  const reset = async () => {
    await ledger.reset();
    faults.replace([], 0);
    for (const part of [credentials, log, rateLimit]) part.reset();
  };
  const events = new EventRoutes({ hub: ledger.hub, clock, settings });
  const api = new ApiHandler({
    routes: routesOf(settings, ledger, credentials),
    events,
    faults,
    rateLimit,
    credentials,
    log,
    clock,
  });
  const control = new ControlRoutes(
    controlsOf({ ...ledger.parts, faults, credentials, log, clock, settings, reset }),
    settings.control,
  );
  return new ApiServer({ api, control, settings, clock });
}

function routesOf(settings: Settings, { parts }: Ledger, credentials: Credentials) {
  const { store, commit, desk } = parts;
  const journals = new JournalRoutes({ store, commit, desk, settings, batchRandom: randomOf(settings.batchOrderSeed) });
  const list = { journals: store.journals, settings, listRandom: randomOf(settings.listOrderSeed) };
  return {
    createJournal: journals.create.bind(journals),
    createBatch: journals.createBatch.bind(journals),
    createReverseBatch: journals.createReverseBatch.bind(journals),
    getJournal: journals.get.bind(journals),
    deleteJournal: journals.delete.bind(journals),
    listJournals: (request) => listJournals(request, list),
    listAccounts: () => listAccounts(store.accounts, settings),
    getAccount: ({ id }) => getAccount(id, store.accounts, settings),
    token: ({ body }) => credentials.grant(body),
  } satisfies ConstructorParameters<typeof ApiHandler>[0]['routes'];
}

function randomOf(seed: number | undefined): (() => number) | undefined {
  return seed === undefined ? undefined : seededRandom(seed);
}
