import { EventHub } from '../events/EventHub.ts';
import type { SandboxClock } from '../domain/SandboxClock.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import { GroupCommit } from '../store/GroupCommit.ts';
import type { Store } from '../store/Store.ts';
import { Books } from './Books.ts';
import { EventLog } from './EventLog.ts';
import { JournalDesk } from './JournalDesk.ts';
import { seedLedger } from './openAccount.ts';
import { SettlementTimer } from './SettlementTimer.ts';
import { StatusWalk } from './StatusWalk.ts';

export interface LedgerOptions {
  /** The data file, or memory. */
  store: Store;
  settings: Settings;
  clock: SandboxClock;
  disordered: () => boolean;
}

/** The books with everything that moves in them, built on one store. */
export class Ledger {
  readonly hub: EventHub;
  readonly parts;
  readonly #options: LedgerOptions;

  /** An empty ledger is seeded. */
  constructor(options: LedgerOptions) {
    this.#options = options;
    const { store, settings, clock } = options;
    // Time goes on where a restarted ledger left it, whatever the machine's clock says.
    clock.forwardTo(store.events.last().at);
    const commit = new GroupCommit(store, () => this.#committed());
    const books = new Books(store.accounts, store.postings);
    const eventLog = new EventLog({ ...options, events: store.events, random: settings.random });
    const { journals } = store;
    const walk = new StatusWalk({ journals, books, eventLog, clock, settings });
    const timer = new SettlementTimer({ journals, walk, commit, clock, onError: settings.onError });
    const desk = new JournalDesk({ store, walk, clock, settings });
    const moves = { journals, books, walk, eventLog, clock, settings };
    this.hub = new EventHub(store.events);
    this.parts = { store, commit, books, eventLog, timer, desk, moves, hub: this.hub };
    if (store.accounts.all().length > 0) return;
    store.begin();
    this.#seed();
    store.commit();
  }

  /** Lets journals that are under way go on. */
  start(): void {
    this.parts.timer.schedule();
  }

  /** Empties everything and seeds again. */
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

  /** Commits what is waiting; afterwards nothing changes any more. The store stays open: it is its owner's to close. */
  close(): void {
    const { timer, commit } = this.parts;
    timer.close();
    commit.close();
  }

  #seed(): void {
    const { settings, clock } = this.#options;
    seedLedger(this.parts.store.accounts, settings.systemCurrency, clock.now());
  }

  /** What fails here must not keep the answers from those whose changes are committed. */
  #committed(): void {
    try {
      this.hub.publish();
      this.parts.timer.schedule();
    } catch (error) {
      this.#options.settings.onError(error);
    }
  }
}
