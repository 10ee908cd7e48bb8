import { isFinal, journalTypeName, progressOf } from '../domain/journal.ts';
import type {
  JNLC as JNLCRecord,
  JNLS as JNLSRecord,
  Journal as JournalRecord,
  OtherJournal as OtherJournalRecord,
  TransmitterInfo as TransmitterInfoRecord,
} from '../domain/journal.ts';
import { journal } from '../resolvers/journal.ts';
import { travelRule } from '../resolvers/travelRule.ts';

import { Account } from './account.ts';
import { builder, pure } from './builder.ts';
import { callCost } from './cost.ts';

export const JournalEntryType = builder.enumType('JournalEntryType', {
  description: 'The entry type of a journal: cash or securities.',
  values: {
    JNLC: { description: 'Journals cash.' },
    JNLS: { description: 'Journals securities.' },
    UNKNOWN: { description: 'A type that this version of the gateway does not know. See `OtherJournal.rawEntryType`.' },
  } as const,
});

export const JournalStatus = builder.enumType('JournalStatus', {
  description: 'The status of a journal. A journal may skip statuses, and intermediate ones may not be observed.',
  values: {
    QUEUED: { value: 'queued', description: 'The journal is waiting to be processed.' },
    SENT_TO_CLEARING: {
      value: 'sent_to_clearing',
      description: 'The journal was sent to the books and records system and is not processed yet.',
    },
    PENDING: {
      value: 'pending',
      description:
        'The journal is waiting for approval, for example because it exceeds a limit. Only pending journals can be deleted.',
    },
    EXECUTED: {
      value: 'executed',
      description: 'The balances have been moved. Not final: the journal can still be reversed.',
    },
    ACTIVITY_CREATED: {
      value: 'activity_created',
      description: 'The journal is executed and recorded in the activities of both accounts.',
    },
    REJECTED: { value: 'rejected', description: 'The journal was rejected manually. To retry, create a new journal.' },
    CANCELED: {
      value: 'canceled',
      description: 'The journal was canceled, by request or by the operations team. Final.',
    },
    REFUSED: {
      value: 'refused',
      description: 'A preliminary check failed and the journal was never posted. To retry, create a new journal.',
    },
    DELETED: { value: 'deleted', description: 'The journal was removed from the ledger. Final.' },
    CORRECT: {
      value: 'correct',
      description: 'The journal was replaced by a new one with the correct amount. No field links the two. Final.',
    },
    UNKNOWN: {
      value: 'unknown',
      description: 'A status that this version of the gateway does not know. See `rawStatus`.',
    },
  } as const,
});

export const JournalProgress = builder.enumType('JournalProgress', {
  description:
    'The progress of a journal. It groups the statuses by what they mean to a client that waits for the journal.',
  values: {
    UNDER_WAY: { description: 'Not executed yet: `QUEUED`, `SENT_TO_CLEARING` or `PENDING`.' },
    DONE: { description: 'The balances have been moved: `EXECUTED` or `ACTIVITY_CREATED`.' },
    FAILED: { description: 'Nothing was moved, or it was moved back: `REJECTED`, `CANCELED`, `REFUSED` or `DELETED`.' },
    CORRECTED: { description: 'Replaced by another journal: `CORRECT`.' },
    UNKNOWN: { description: 'The status is `UNKNOWN`. See `rawStatus`.' },
  } as const,
});

const needsScope = 'Travel Rule data, requires the scope `journals:travel-rule`.';

export const TransmitterInfo = builder.objectRef<TransmitterInfoRecord>('TransmitterInfo');

builder.objectType(TransmitterInfo, {
  description: 'The originator of a transfer, as required by the Travel Rule. Personal data.',
  fields: (t) => {
    const text = (field: keyof TransmitterInfoRecord, description: string) =>
      t.exposeString(field, { nullable: true, description });
    return {
      originatorFullName: text('originatorFullName', 'The full name.'),
      originatorStreetAddress: text('originatorStreetAddress', 'The street and house number.'),
      originatorCity: text('originatorCity', 'The city.'),
      originatorState: text('originatorState', 'The state or region.'),
      originatorPostalCode: text('originatorPostalCode', 'The postal code.'),
      originatorCountry: text('originatorCountry', 'The country.'),
      originatorBankAccountNumber: text('originatorBankAccountNumber', 'The number of the originating bank account.'),
      originatorBankName: text('originatorBankName', 'The name of the originating bank.'),
      otherIdentifyingInformation: text(
        'otherIdentifyingInformation',
        'Other information that identifies the transfer, such as the reference number of the originating bank.',
      ),
    };
  },
});

export const Journal = builder.interfaceRef<JournalRecord>('Journal');

builder.interfaceType(Journal, {
  description: 'A movement of cash or securities from one account to another.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: journalTypeName,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The UUID of the journal, in the spelling of the API.' }),
    entryType: t.expose('entryType', { type: JournalEntryType, description: 'The entry type: cash or securities.' }),
    status: t.expose('status', { type: JournalStatus, description: 'The current status.' }),
    rawStatus: t.exposeString('rawStatus', { description: 'The value of `status` as the API sent it.' }),
    isFinal: t.boolean({
      description:
        'Whether the status can no longer change: true for `CANCELED`, `DELETED` and `CORRECT`. An executed journal is not ' +
        'final, as it can still be reversed.',
      extensions: pure,
      resolve: ({ status }) => isFinal(status),
    }),
    progress: t.field({
      type: JournalProgress,
      description: 'What the status means: whether the journal is under way, done, failed or corrected.',
      extensions: pure,
      resolve: ({ status }) => progressOf(status),
    }),
    fromAccount: t.field({
      type: Account,
      description: 'The account that gives the cash or the securities.',
      extensions: pure,
      resolve: ({ fromAccount }) => ({ id: fromAccount }),
    }),
    toAccount: t.field({
      type: Account,
      description: 'The account that receives the cash or the securities.',
      extensions: pure,
      resolve: ({ toAccount }) => ({ id: toAccount }),
    }),
    settleDate: t.expose('settleDate', {
      type: 'Date',
      nullable: true,
      description: 'The settle date. Null until the API assigns one.',
    }),
    systemDate: t.expose('systemDate', {
      type: 'Date',
      nullable: true,
      description: 'The system date. Null until the API assigns one.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'The description given at creation, up to 1,024 characters. Null if none was given.',
    }),
    currency: t.string({
      description:
        "The ISO 4217 currency code. If the API states none, the firm's own currency, as configured in the gateway.",
      extensions: pure,
      resolve: ({ currency }, _args, { parts }) => currency ?? parts.firmCurrency,
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The time of creation. Null if the API gives none.',
    }),
    transmitterInfo: t.field({
      type: TransmitterInfo,
      nullable: true,
      description: `The originator of the transfer. Null if none is recorded. ${needsScope}`,
      resolve: ({ transmitterInfo }, _args, context) => travelRule('transmitterInfo', transmitterInfo, context),
    }),
  }),
});

export const JNLC = builder.objectRef<JNLCRecord>('JNLC');

builder.objectType(JNLC, {
  description: 'A journal that moves cash.',
  interfaces: [builder.nodeInterfaceRef(), Journal],
  isTypeOf: (value) => isOfType(value, 'JNLC'),
  fields: (t) => {
    const transmitter = (
      field: 'transmitterName' | 'transmitterAccountNumber' | 'transmitterAddress' | 'transmitterFinancialInstitution',
      description: string,
    ) =>
      t.string({
        nullable: true,
        description: `${description} ${needsScope}`,
        resolve: (jnlc, _args, context) => travelRule(field, jnlc[field], context),
      });
    return {
      netAmount: t.expose('netAmount', { type: 'Decimal', description: 'The amount of cash, in `currency`.' }),
      transmitterName: transmitter('transmitterName', 'The name of the transmitter.'),
      transmitterAccountNumber: transmitter('transmitterAccountNumber', 'The account number of the transmitter.'),
      transmitterAddress: transmitter('transmitterAddress', 'The address of the transmitter.'),
      transmitterFinancialInstitution: transmitter(
        'transmitterFinancialInstitution',
        'The financial institution of the transmitter.',
      ),
      transmitterTimestamp: t.field({
        type: 'DateTime',
        nullable: true,
        description: `The time at which the transmittal was ordered. ${needsScope}`,
        resolve: ({ transmitterTimestamp }, _args, context) =>
          travelRule('transmitterTimestamp', transmitterTimestamp, context),
      }),
    };
  },
});

export const JNLS = builder.objectRef<JNLSRecord>('JNLS');

builder.objectType(JNLS, {
  description: 'A journal that moves securities.',
  interfaces: [builder.nodeInterfaceRef(), Journal],
  isTypeOf: (value) => isOfType(value, 'JNLS'),
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'The symbol of the security.' }),
    qty: t.expose('qty', { type: 'Decimal', description: 'The number of shares, with up to 9 decimal places.' }),
    price: t.expose('price', {
      type: 'Decimal',
      nullable: true,
      description: 'The price per share. Null if the API gives none.',
    }),
  }),
});

export const OtherJournal = builder.objectRef<OtherJournalRecord>('OtherJournal');

builder.objectType(OtherJournal, {
  description: 'A journal of a type that this version of the gateway does not know, or whose amount cannot be read.',
  interfaces: [builder.nodeInterfaceRef(), Journal],
  isTypeOf: (value) => isOfType(value, 'UNKNOWN'),
  fields: (t) => ({
    rawEntryType: t.exposeString('rawEntryType', { description: 'The entry type as the API sent it.' }),
  }),
});

builder.queryField('journal', (t) =>
  t.field({
    type: Journal,
    nullable: true,
    description: 'Looks up a journal by its ID. Null if it does not exist or the ID is not a UUID.',
    args: { id: t.arg.id({ required: true, description: 'The UUID of the journal.' }) },
    complexity: callCost,
    resolve: (_root, { id }, context) => journal(id, context),
  }),
);

/** Lets `Node` find the type of a journal: `Node` does not use the `resolveType` of `Journal`. */
function isOfType(value: unknown, entryType: JournalRecord['entryType']): boolean {
  return typeof value === 'object' && value !== null && 'entryType' in value && value.entryType === entryType;
}
