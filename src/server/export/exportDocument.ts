/** The query for one page of an export. Travel Rule data is selected only if the principal may read it. */
export const exportDocument = `query ExportJournals($first: Int!, $after: String, $filter: JournalFilter, $travelRule: Boolean!) {
  journals(first: $first, after: $after, filter: $filter) {
    edges {
      cursor
      node {
        id entryType status rawStatus progress createdAt settleDate systemDate currency description
        fromAccount { id }
        toAccount { id }
        ... on JNLC { netAmount ...transmitter @include(if: $travelRule) }
        ... on JNLS { symbol qty price }
        transmitterInfo @include(if: $travelRule) { ...originator }
      }
    }
    pageInfo { hasNextPage }
    unreadable { id problem }
  }
}
fragment transmitter on JNLC {
  transmitterName transmitterAccountNumber transmitterAddress transmitterFinancialInstitution transmitterTimestamp
}
fragment originator on TransmitterInfo {
  originatorFullName originatorStreetAddress originatorCity originatorState originatorPostalCode originatorCountry
  originatorBankAccountNumber originatorBankName otherIdentifyingInformation
}`;

/** An upper bound for the cost of a journal in this query. */
export const costOfJournal = 50;

/** The columns of an export, in their order. */
export const exportColumns = [
  'id',
  'entryType',
  'status',
  'rawStatus',
  'progress',
  'createdAt',
  'settleDate',
  'systemDate',
  'fromAccount',
  'toAccount',
  'netAmount',
  'currency',
  'symbol',
  'qty',
  'price',
  'description',
  'transmitterName',
  'transmitterAccountNumber',
  'transmitterAddress',
  'transmitterFinancialInstitution',
  'transmitterTimestamp',
  'originatorFullName',
  'originatorStreetAddress',
  'originatorCity',
  'originatorState',
  'originatorPostalCode',
  'originatorCountry',
  'originatorBankAccountNumber',
  'originatorBankName',
  'otherIdentifyingInformation',
  'cursor',
] as const;

export type ExportRow = Record<(typeof exportColumns)[number], string | null>;

/** A journal as the query returns it: some fields are absent, depending on its type and on the principal. */
export interface ExportedJournal extends Partial<Record<string, unknown>> {
  fromAccount: { id: string };
  toAccount: { id: string };
  transmitterInfo?: Partial<Record<string, unknown>> | null;
}

export interface ExportPage {
  edges: { cursor: string; node: ExportedJournal }[];
  pageInfo: { hasNextPage: boolean };
  unreadable: { id: string | null; problem: string }[];
}

/** The columns of a journal. Amounts are text, exactly as the API sent them. */
export function exportRowOf({ cursor, node }: ExportPage['edges'][number]): ExportRow {
  const { fromAccount, toAccount, transmitterInfo, ...fields } = node;
  const found = { ...transmitterInfo, ...fields, fromAccount: fromAccount.id, toAccount: toAccount.id, cursor };
  const values = new Map(Object.entries(found));
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
  return Object.fromEntries(exportColumns.map((column) => [column, textOf(values.get(column))])) as ExportRow;
}
