import { EventHub } from '../streams/EventHub.ts';
import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { GroupCommit } from '../store/GroupCommit.ts';
import type { Store } from '../store/Store.ts';
import { Books } from './Books.ts';
import { EventLog } from './EventLog.ts';
import { JournalService } from './JournalService.ts';
import { seedLedger } from './openAccount.ts';
import { SettlementTimer } from './SettlementTimer.ts';
import { StatusFlow } from './StatusFlow.ts';

export interface LedgerOptions {
  store: Store;
  settings: Settings;
  clock: SandboxClock;
  drawDisorderedId: () => boolean;
}

/** The accounts, journals and events in one store, with all parts that change them. */
export class Ledger {
  readonly hub: EventHub;
  readonly parts;
  readonly #options: LedgerOptions;

  /** Writes the seed accounts if the store is empty. */
  constructor(options: LedgerOptions) {
    this.#options = options;
    const { store, settings, clock } = options;
    // After a restart, time continues from the last event, even if the system clock is behind it.
    clock.forwardTo(store.events.last().at);
    const commit = new GroupCommit(store, () => this.#afterCommit());
    const books = new Books(store.accounts);
    const eventLog = new EventLog({ ...options, events: store.events, random: settings.random });
    const { journals } = store;
    const flowParts = { journals, books, eventLog, clock, settings };
    const statusFlow = new StatusFlow(flowParts);
    const timer = new SettlementTimer({ journals, statusFlow, commit, clock, onError: settings.onError });
    const service = new JournalService({ store, statusFlow, clock, settings });
    const moves = { ...flowParts, statusFlow };
    this.hub = new EventHub(store.events);
    this.parts = { store, commit, books, eventLog, timer, service, moves, hub: this.hub };
    if (store.accounts.all().length > 0) return;
    store.begin();
    this.#seed();
    store.commit();
  }

  /** Schedules the status changes of journals that are in progress. */
  start(): void {
    this.parts.timer.schedule();
  }

  /** Deletes everything and writes the seed accounts again. */
  async reset(): Promise<void> {
    const { store, commit, eventLog } = this.parts;
    await commit.run(() => {
      this.hub.reset();
      this.#options.clock.reset();
      store.clear();
      eventLog.reset();
      this.#seed();
    });
  }

  /** Commits pending changes and accepts no more. The caller closes the store. */
  close(): void {
    const { timer, commit } = this.parts;
    timer.close();
    commit.close();
  }

  #seed(): void {
    const { settings, clock } = this.#options;
    seedLedger(this.parts.store.accounts, settings.systemCurrency, clock.now());
  }

  /** Reports an error instead of throwing it: the changes are committed, so their requests must get their responses. */
  #afterCommit(): void {
    try {
      this.hub.publish();
      this.parts.timer.schedule();
    } catch (error) {
      this.#options.settings.onError(error);
    }
  }
}
