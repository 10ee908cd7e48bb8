import Papa from 'papaparse';

import { emptyEntry } from './BatchEntry.ts';
import type { BatchEntry } from './BatchEntry.ts';

type Column = keyof BatchEntry;

/** The columns of a file without a heading, in their order. */
const defaultColumns: readonly Column[] = ['account', 'amount', 'description', 'currency'];

/** The column for each heading, in lower case and with letters only. */
const headings: Readonly<Record<string, Column>> = {
  account: 'account',
  accountid: 'account',
  toaccount: 'account',
  fromaccount: 'account',
  amount: 'amount',
  netamount: 'amount',
  currency: 'currency',
  description: 'description',
  transmittername: 'transmitterName',
  transmitteraccountnumber: 'transmitterAccountNumber',
  transmitteraddress: 'transmitterAddress',
  transmitterfinancialinstitution: 'transmitterFinancialInstitution',
  transmittertimestamp: 'transmitterTimestamp',
};

export interface CsvContent {
  entries: BatchEntry[];
  /** Unknown headings, whose columns are left out. */
  ignoredColumns: string[];
}

/** Reads rows with commas, semicolons or tabs as separators, with or without a heading. Values are kept as text. */
export function readCsv(text: string): CsvContent {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' });
  const [first = [], ...rest] = data;
  const columns = first.map((heading) => headings[heading.toLowerCase().replace(/[^a-z]/g, '')]);
  const hasHeading = columns.includes('account') || columns.includes('amount');
  const used = hasHeading ? columns : defaultColumns;
  return {
    entries: (hasHeading ? rest : data).map((cells) => readEntry(cells, used)),
    ignoredColumns: hasHeading ? first.filter((_, index) => !columns[index]) : [],
  };
}

function readEntry(cells: readonly string[], columns: readonly (Column | undefined)[]): BatchEntry {
  const entry = { ...emptyEntry };
  columns.forEach((column, index) => {
    if (column) entry[column] = (cells[index] ?? '').trim();
  });
  return entry;
}
