import type { SandboxClock } from '../domain/SandboxClock.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import { formatDate } from '../domain/instant.ts';
import { Refusal, journalNotFound } from '../domain/Refusal.ts';
import { checkAccounts } from '../rules/accountRules.ts';
import { type RequestKind, courseOf } from './courseOf.ts';
import type { JournalDraft } from '../rules/JournalDraft.ts';
import { Place } from '../store/JournalTable.ts';
import type { Store } from '../store/Store.ts';
import type { Journal } from '../store/JournalTable.ts';
import type { Course, StatusWalk } from './StatusWalk.ts';

export interface JournalDeskParts {
  store: Store;
  walk: StatusWalk;
  clock: SandboxClock;
  settings: Settings;
}

/** What clients can do to journals. Every method runs inside a transaction of its caller. */
export class JournalDesk {
  readonly #parts: JournalDeskParts;

  constructor(parts: JournalDeskParts) {
    this.#parts = parts;
  }

  /**
   * Creates all of them or, when a rule refuses one, none.
   *
   * @throws Refusal 403 or 404, see the account rules
   */
  create(drafts: readonly JournalDraft[], kind: RequestKind, key: string | undefined): Journal[] {
    const { store, clock, settings, walk } = this.#parts;
    checkAccounts(drafts, store.accounts);
    const day = formatDate(clock.now());
    return drafts.map((draft) => {
      const course = courseOf(draft, kind, day, store.accounts, settings);
      return walk.begin(this.#enter(draft, kind, key, course), course);
    });
  }

  /** @throws Refusal 404 for an unknown journal, 422 for one that is not pending */
  delete(id: string): void {
    const { store, walk } = this.#parts;
    const journal = store.journals.find(id);
    if (!journal) throw journalNotFound(id);
    if (journal.status !== 'pending') {
      throw new Refusal(422, `journal cannot be deleted: ${id} is ${journal.status}, not pending`);
    }
    walk.giveUp(journal, 'canceled');
  }

  #enter(draft: JournalDraft, kind: RequestKind, key: string | undefined, course: Course): Journal {
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
      error_message: course === 'refused' ? `journal refused: ${partyOf(draft, kind)} can not take part` : null,
      posted: Place.sender,
      due_at: null,
      due_status: null,
    };
  }
}

/** The account that the entry of a batch names; the other one is that of the whole batch. */
function partyOf(draft: JournalDraft, kind: RequestKind): string {
  return kind === 'reverse' ? draft.fromAccount : draft.toAccount;
}
