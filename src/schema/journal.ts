import { isFinal } from '../domain/journal.ts';
import type {
  JNLC as JNLCRecord,
  JNLS as JNLSRecord,
  Journal as JournalRecord,
  OtherJournal as OtherJournalRecord,
} from '../domain/journal.ts';
import type { TransmitterInfo as TransmitterInfoRecord } from '../domain/journal.ts';
import { journal } from '../resolvers/journal.ts';
import { travelRule } from '../resolvers/travelRule.ts';

import { Account } from './account.ts';
import { builder } from './builder.ts';
import { callCost } from './cost.ts';

export const JournalEntryType = builder.enumType('JournalEntryType', {
  description: 'What a journal moves.',
  values: {
    JNLC: { description: 'Cash.' },
    JNLS: { description: 'Securities.' },
    UNKNOWN: { description: "A type newer than this gateway; `OtherJournal.rawEntryType` carries the API's word." },
  } as const,
});

export const JournalStatus = builder.enumType('JournalStatus', {
  description: 'How far a journal has come. Depend on no step in between being seen.',
  values: {
    QUEUED: { value: 'queued', description: 'Waiting to be processed.' },
    SENT_TO_CLEARING: {
      value: 'sent_to_clearing',
      description: 'Handed to the books and records system, not processed yet.',
    },
    PENDING: {
      value: 'pending',
      description:
        'Waiting for approval, for instance above a journal limit. The only status in which it can be deleted.',
    },
    EXECUTED: { value: 'executed', description: 'Balances are moved. Not final: it can still be reversed.' },
    ACTIVITY_CREATED: {
      value: 'activity_created',
      description: 'Executed, and recorded among the activities of its accounts.',
    },
    REJECTED: { value: 'rejected', description: 'Turned down by hand. Try again with a new journal.' },
    CANCELED: { value: 'canceled', description: 'Canceled, by request or by operations. Final.' },
    REFUSED: {
      value: 'refused',
      description: 'Never posted: a preliminary check failed. Try again with a new journal.',
    },
    DELETED: { value: 'deleted', description: 'Removed from the ledger. Final.' },
    CORRECT: {
      value: 'correct',
      description: 'Replaced by a new journal with the right amount, which no field links to it. Final.',
    },
    UNKNOWN: { value: 'unknown', description: 'A word newer than this gateway; `rawStatus` carries it.' },
  } as const,
});

const needsScope = 'Travel Rule data: needs the scope `journals:travel-rule`.';

export const TransmitterInfo = builder.objectRef<TransmitterInfoRecord>('TransmitterInfo');

builder.objectType(TransmitterInfo, {
  description: 'Who ordered the money, as the Travel Rule asks. Personal data.',
  fields: (t) => ({
    originatorFullName: t.exposeString('originatorFullName', { nullable: true, description: 'Full name.' }),
    originatorStreetAddress: t.exposeString('originatorStreetAddress', {
      nullable: true,
      description: 'Street and number.',
    }),
    originatorCity: t.exposeString('originatorCity', { nullable: true, description: 'City.' }),
    originatorState: t.exposeString('originatorState', { nullable: true, description: 'State or region.' }),
    originatorPostalCode: t.exposeString('originatorPostalCode', { nullable: true, description: 'Postal code.' }),
    originatorCountry: t.exposeString('originatorCountry', { nullable: true, description: 'Country.' }),
    originatorBankAccountNumber: t.exposeString('originatorBankAccountNumber', {
      nullable: true,
      description: 'Number of the account that the money came from.',
    }),
    originatorBankName: t.exposeString('originatorBankName', {
      nullable: true,
      description: 'Bank that the money came from.',
    }),
    otherIdentifyingInformation: t.exposeString('otherIdentifyingInformation', {
      nullable: true,
      description: "What helps to find the money again, best the originating bank's reference number.",
    }),
  }),
});

export const Journal = builder.interfaceRef<JournalRecord>('Journal');

builder.interfaceType(Journal, {
  description: 'Cash or securities on their way from one account to another.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: ({ entryType }) => (entryType === 'UNKNOWN' ? 'OtherJournal' : entryType),
  fields: (t) => ({
    id: t.exposeID('id', { description: "The journal's UUID, as the API writes it." }),
    entryType: t.expose('entryType', { type: JournalEntryType, description: 'What it moves.' }),
    status: t.expose('status', { type: JournalStatus, description: 'How far it has come.' }),
    rawStatus: t.exposeString('rawStatus', { description: "The API's own word for the status." }),
    isFinal: t.boolean({
      description:
        'True for canceled, deleted and correct: it can change no more. No flag for done: executed can still be reversed.',
      resolve: ({ status }) => isFinal(status),
    }),
    fromAccount: t.field({
      type: Account,
      description: 'The account that gives.',
      resolve: ({ fromAccount }) => ({ id: fromAccount }),
    }),
    toAccount: t.field({
      type: Account,
      description: 'The account that receives.',
      resolve: ({ toAccount }) => ({ id: toAccount }),
    }),
    settleDate: t.expose('settleDate', { type: 'Date', nullable: true, description: 'Null until assigned.' }),
    systemDate: t.expose('systemDate', { type: 'Date', nullable: true, description: 'Null until assigned.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'As given at creation, at most 1,024 characters.',
    }),
    currency: t.string({
      description: "Of the amount; the firm's own, as the gateway is configured, where the API does not state it.",
      resolve: ({ currency }, _args, { firmCurrency }) => currency ?? firmCurrency,
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Null while the API supplies none.',
    }),
    transmitterInfo: t.field({
      type: TransmitterInfo,
      nullable: true,
      description: `Who ordered the money. ${needsScope}`,
      resolve: ({ transmitterInfo }, _args, context) => travelRule('transmitterInfo', transmitterInfo, context),
    }),
  }),
});

export const JNLC = builder.objectRef<JNLCRecord>('JNLC');

builder.objectType(JNLC, {
  description: 'A journal of cash.',
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
      netAmount: t.expose('netAmount', { type: 'Decimal', description: 'How much cash, in `currency`.' }),
      transmitterName: transmitter('transmitterName', 'Name of the transmitter.'),
      transmitterAccountNumber: transmitter('transmitterAccountNumber', "Number of the transmitter's account."),
      transmitterAddress: transmitter('transmitterAddress', 'Address of the transmitter.'),
      transmitterFinancialInstitution: transmitter('transmitterFinancialInstitution', "The transmitter's bank."),
      transmitterTimestamp: t.field({
        type: 'DateTime',
        nullable: true,
        description: `When the transmittal was ordered. ${needsScope}`,
        resolve: ({ transmitterTimestamp }, _args, context) =>
          travelRule('transmitterTimestamp', transmitterTimestamp, context),
      }),
    };
  },
});

export const JNLS = builder.objectRef<JNLSRecord>('JNLS');

builder.objectType(JNLS, {
  description: 'A journal of securities.',
  interfaces: [builder.nodeInterfaceRef(), Journal],
  isTypeOf: (value) => isOfType(value, 'JNLS'),
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'Which security.' }),
    qty: t.expose('qty', { type: 'Decimal', description: 'How many shares, at most 9 decimals.' }),
    price: t.expose('price', {
      type: 'Decimal',
      nullable: true,
      description: 'Price of a share; null while the API tells none.',
    }),
  }),
});

export const OtherJournal = builder.objectRef<OtherJournalRecord>('OtherJournal');

builder.objectType(OtherJournal, {
  description: 'A journal of a type newer than this gateway, so that one does not take down a list or a subscription.',
  interfaces: [builder.nodeInterfaceRef(), Journal],
  isTypeOf: (value) => isOfType(value, 'UNKNOWN'),
  fields: (t) => ({
    rawEntryType: t.exposeString('rawEntryType', { description: "The API's own word for the type." }),
  }),
});

builder.queryField('journal', (t) =>
  t.field({
    type: Journal,
    nullable: true,
    description: 'The journal of that id; null when there is none, or when the id is no UUID.',
    args: { id: t.arg.id({ required: true, description: "The journal's UUID." }) },
    complexity: callCost,
    resolve: (_root, { id }, context) => journal(id, context),
  }),
);

/** `Node` knows nothing of journals: each type tells its own there. */
function isOfType(value: unknown, entryType: JournalRecord['entryType']): boolean {
  return typeof value === 'object' && value !== null && 'entryType' in value && value.entryType === entryType;
}
