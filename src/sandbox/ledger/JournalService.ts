import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { formatDate } from '../values/instant.ts';
import { Refusal, journalNotFound } from '../api/Refusal.ts';
import { checkAccounts } from '../rules/accountRules.ts';
import { type RequestKind, chooseFlow } from './chooseFlow.ts';
import type { JournalDraft } from '../rules/readJournalRequests.ts';
import { Place } from '../store/JournalTable.ts';
import type { Store } from '../store/Store.ts';
import type { Journal } from '../store/JournalTable.ts';
import type { Flow, StatusFlow } from './StatusFlow.ts';

export interface JournalServiceParts {
  store: Store;
  statusFlow: StatusFlow;
  clock: SandboxClock;
  settings: Settings;
}

/** Creates and deletes journals. Callers provide the transaction. */
export class JournalService {
  readonly #parts: JournalServiceParts;

  constructor(parts: JournalServiceParts) {
    this.#parts = parts;
  }

  /**
   * Creates all journals, or none if a rule refuses one of them.
   *
   * @throws Refusal 403 or 404, see `checkAccounts`
   */
  create(drafts: readonly JournalDraft[], kind: RequestKind, key: string | undefined): Journal[] {
    const { store, clock, settings, statusFlow } = this.#parts;
    checkAccounts(drafts, store.accounts);
    const day = formatDate(clock.now());
    return drafts.map((draft) => {
      const flow = chooseFlow(draft, kind, day, store.accounts, settings);
      return statusFlow.begin(this.#buildJournal(draft, kind, key, flow), flow);
    });
  }

  /** @throws Refusal 404 for an unknown journal, 422 for one that is not pending */
  delete(id: string): void {
    const { store, statusFlow } = this.#parts;
    const journal = store.journals.find(id);
    if (!journal) throw journalNotFound(id);
    if (journal.status !== 'pending') {
      throw new Refusal(422, `journal cannot be deleted: ${id} is ${journal.status}, not pending`);
    }
    statusFlow.returnToSender(journal, 'canceled');
  }

  #buildJournal(draft: JournalDraft, kind: RequestKind, key: string | undefined, flow: Flow): Journal {
    const { clock, settings } = this.#parts;
    return {
      id: settings.newId(),
      entry_type: draft.entryType,
      from_account: draft.fromAccount,
      to_account: draft.toAccount,
      status: '',
      unit: draft.unit,
      amount: draft.amount,
      currency: draft.currency,
      price: draft.price,
      description: draft.description,
      transmitter: draft.transmitter && JSON.stringify(draft.transmitter),
      settle_date: null,
      system_date: null,
      created_at: clock.now(),
      idempotency_key: key ?? null,
      idempotency_key_type: key === undefined ? null : kind === 'single' ? 'single' : 'batch',
      error_message: flow === 'refused' ? `journal refused: ${entryAccount(draft, kind)} can't take part` : null,
      posted: Place.sender,
      due_at: null,
      due_status: null,
    };
  }
}

/** The account in the entry of a batch or reverse batch. The other account is the same for all entries. */
function entryAccount(draft: JournalDraft, kind: RequestKind): string {
  return kind === 'reverse' ? draft.fromAccount : draft.toAccount;
}
