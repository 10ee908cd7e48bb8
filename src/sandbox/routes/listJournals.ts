import { formatJournal } from '../format/formatJournal.ts';
import type { Answer } from '../exchange/Answer.ts';
import type { ApiRequest } from '../exchange/ApiRequest.ts';
import { type Micros, microsPerDay, parseDate } from '../domain/instant.ts';
import { Refusal, invalid } from '../domain/Refusal.ts';
import { isUuid } from '../rules/bodyFields.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import { shuffled } from '../domain/seededRandom.ts';
import type { JournalFilter, JournalRow, JournalTable } from '../store/JournalTable.ts';

export interface JournalListParts {
  journals: JournalTable;
  settings: Settings;
  /** Draws the order of listings. */
  listRandom: (() => number) | undefined;
}

/** Rows that are formatted before others get their turn. */
const rowsAtOnce = 500;

const statuses = [
  'queued',
  'sent_to_clearing',
  'pending',
  'executed',
  'activity_created',
  'rejected',
  'canceled',
  'refused',
  'deleted',
  'correct',
];

/**
 * `GET /v1/journals`: a bare array, no pages, no promised order; without `limit` everything.
 *
 * @throws Refusal 400 naming the parameter, 422 when too many journals match
 */
export async function listJournals(request: ApiRequest, parts: JournalListParts): Promise<Answer> {
  const { journals, settings, listRandom } = parts;
  const filter = readFilter(request.query, settings.listDates);
  const limit = readLimit(request.query);
  if (journals.exceeds(filter, settings.maxMatches)) {
    throw new Refusal(422, `more than ${settings.maxMatches} journals match: use narrower filters`);
  }
  const matches = journals.list(filter, listRandom ? settings.maxMatches : (limit ?? settings.maxMatches));
  const ordered = listRandom ? shuffled(matches, listRandom).slice(0, limit) : matches;
  return { status: 200, body: `[${await formatAll(ordered, parts)}]` };
}

async function formatAll(rows: readonly JournalRow[], { settings }: JournalListParts): Promise<string> {
  const texts: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const row of rows.slice(start, start + rowsAtOnce)) texts.push(JSON.stringify(formatItem(row, settings)));
  }
  return texts.join(',');
}

function formatItem(row: JournalRow, settings: Settings): object {
  const journal = formatJournal(row, settings.answerShape);
  if (!settings.listCreatedAt) delete journal.created_at;
  return journal;
}

function readFilter(query: URLSearchParams, dates: Settings['listDates']): JournalFilter {
  const after = readDay(query, 'after');
  const before = readDay(query, 'before');
  const inclusive = dates === 'inclusive';
  const filter: JournalFilter = {};
  if (after !== undefined) filter.after = inclusive ? after : after + microsPerDay;
  if (before !== undefined) filter.before = inclusive ? before + microsPerDay : before;
  const status = readWord(query, 'status', statuses);
  if (status !== undefined) filter.status = status;
  const entryType = readWord(query, 'entry_type', ['JNLC', 'JNLS']);
  if (entryType !== undefined) filter.entryType = entryType;
  const toAccount = readAccount(query, 'to_account');
  if (toAccount !== undefined) filter.toAccount = toAccount;
  const fromAccount = readAccount(query, 'from_account');
  if (fromAccount !== undefined) filter.fromAccount = fromAccount;
  return filter;
}

function readDay(query: URLSearchParams, name: string): Micros | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const day = parseDate(text);
  if (day === null) throw invalid(`${name} must be a date like 2020-01-01, found ${JSON.stringify(text)}`);
  return day;
}

function readWord(query: URLSearchParams, name: string, words: readonly string[]): string | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!words.includes(text)) throw invalid(`${name} must be one of ${words.join(', ')}, found ${JSON.stringify(text)}`);
  return text;
}

function readAccount(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!isUuid(text)) throw invalid(`${name} must be a UUID, found ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

function readLimit(query: URLSearchParams): number | undefined {
  const text = query.get('limit');
  if (text === null || text === '') return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`limit must be a positive number, found ${JSON.stringify(text)}`);
  return Number(text);
}
