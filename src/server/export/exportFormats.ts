import { stringify } from 'csv-stringify/sync';

import { isDecimal } from '../../domain/decimal.ts';

import { exportColumns } from './exportDocument.ts';
import type { ExportPage, ExportRow } from './exportDocument.ts';

/** The last line of an export: `incomplete` if it ended before its last journal. */
export type ExportEnd =
  | { mark: 'end'; count: number; cursor: string | null }
  | { mark: 'incomplete'; code: string; message: string; cursor: string | null };

/** Writes the lines of an export, each with its end of line. */
export interface ExportFormat {
  mediaType: string;
  fileName: string;
  head: () => string;
  journals: (rows: readonly ExportRow[]) => string;
  unreadable: (journals: ExportPage['unreadable']) => string;
  end: (end: ExportEnd) => string;
}

/** RFC 4180. Lines that are not about a journal begin with `#`. */
export const csv: ExportFormat = {
  mediaType: 'text/csv; charset=utf-8; header=present',
  fileName: 'journals.csv',
  head: () => csvLines([exportColumns]),
  journals: (rows) => csvLines(rows.map((row) => exportColumns.map((column) => row[column]))),
  unreadable: (journals) => csvLines(journals.map(({ id, problem }) => marked('unreadable', id, problem, null))),
  end: (end) =>
    csvLines([
      end.mark === 'end'
        ? marked(end.mark, String(end.count), null, end.cursor)
        : marked(end.mark, end.code, end.message, end.cursor),
    ]),
};

/** One JSON object per line. An object that is not a journal has one field, whose name says what it is. */
export const ndjson: ExportFormat = {
  mediaType: 'application/x-ndjson; charset=utf-8',
  fileName: 'journals.ndjson',
  head: () => '',
  journals: jsonLines,
  unreadable: (journals) => jsonLines(journals.map((journal) => ({ unreadable: journal }))),
  end: ({ mark, ...end }) => jsonLines([{ [mark]: end }]),
};

/** Spreadsheets would execute a text that begins like a formula, so it gets an apostrophe; numbers stay as they are. */
function csvLines(lines: readonly (readonly (string | null)[])[]): string {
  return stringify([...lines], {
    record_delimiter: '\r\n',
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    cast: { string: (value) => (isDecimal(value) ? { value, escape_formulas: false } : value) },
  });
}

function marked(mark: string, first: string | null, second: string | null, cursor: string | null): (string | null)[] {
  const empty = exportColumns.slice(4).map(() => null);
  return [`#${mark}`, first, second, ...empty, cursor];
}

function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
