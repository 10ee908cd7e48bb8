import type {
  WireBatchJournal,
  WireJournal,
  WireTransmitter,
  WireTransmitterInfo,
} from '../../upstream/wire/apiBodies.ts';
import { formatInstant } from '../values/instant.ts';
import type { Journal } from '../store/JournalTable.ts';
import type { Settings } from '../setup/SandboxOptions.ts';

export type AnswerShape = Settings['answerShape'];

/**
 * Formats a journal as in the API's responses. In the `newest` shape it has every key: null for keys that don't apply
 * to the journal, `""` for texts that were not given.
 */
export function formatJournal(journal: Journal, shape: AnswerShape): WireJournal {
  return shape === 'old' ? formatOld(journal) : formatNewest(journal);
}

/**
 * Formats one item of a batch response. `error_message` is `""` unless the entry failed; in the newest shape, items of
 * a reverse batch have the key only if the entry failed.
 */
export function formatBatchJournal(journal: Journal, shape: AnswerShape, kind: 'batch' | 'reverse'): WireBatchJournal {
  const formatted = formatJournal(journal, shape);
  if (journal.error_message === null && kind === 'reverse' && shape === 'newest') return formatted;
  return { error_message: journal.error_message ?? '', ...formatted };
}

function formatNewest(journal: Journal): WireJournal {
  const isCash = journal.entry_type === 'JNLC';
  // Only the sandbox writes this column, from a value of this type.
  const transmitter = JSON.parse(journal.transmitter ?? '{}') as WireTransmitter;
  const absent = isCash ? '' : null;
  return {
    ...common(journal),
    symbol: isCash ? null : journal.unit.slice('shares:'.length),
    qty: isCash ? null : journal.amount,
    price: journal.price,
    net_amount: isCash ? journal.amount : null,
    currency: journal.currency,
    created_at: formatInstant(journal.created_at),
    transmitter_name: transmitter.transmitter_name ?? absent,
    transmitter_account_number: transmitter.transmitter_account_number ?? absent,
    transmitter_address: transmitter.transmitter_address ?? absent,
    transmitter_financial_institution: transmitter.transmitter_financial_institution ?? absent,
    transmitter_timestamp: transmitter.transmitter_timestamp ?? absent,
    transmitter_info: isCash ? formatTransmitterInfo(transmitter) : null,
  };
}

/** Formats a journal as in the docs' older samples: without `currency` and `created_at`, and with `""` or `"0"`. */
function formatOld(journal: Journal): WireJournal {
  if (journal.entry_type === 'JNLC') {
    return { ...common(journal), symbol: '', qty: null, price: '0', net_amount: journal.amount };
  }
  const symbol = journal.unit.slice('shares:'.length);
  return { ...common(journal), symbol, qty: journal.amount, price: journal.price ?? '0' };
}

function common(journal: Journal) {
  return {
    id: journal.id,
    entry_type: journal.entry_type,
    from_account: journal.from_account,
    to_account: journal.to_account,
    status: journal.status,
    settle_date: journal.settle_date,
    system_date: journal.system_date,
    description: journal.description,
  };
}

function formatTransmitterInfo(transmitter: WireTransmitter): WireTransmitterInfo {
  return {
    originator_full_name: transmitter.transmitter_name ?? '',
    originator_street_address: transmitter.transmitter_address ?? '',
    originator_city: '',
    originator_state: '',
    originator_postal_code: '',
    originator_country: '',
    originator_bank_account_number: transmitter.transmitter_account_number ?? '',
    originator_bank_name: transmitter.transmitter_financial_institution ?? '',
    other_identifying_information: '',
  };
}
