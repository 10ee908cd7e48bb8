import { formatJournal } from '../format/formatJournal.ts';
import type { Answer } from '../api/Answer.ts';
import { type ApiRequest, parameterOf } from '../api/ApiRequest.ts';
import { type Micros, microsPerDay, parseDate } from '../values/instant.ts';
import { Refusal, invalid } from '../api/Refusal.ts';
import { parseWholeNumber } from '../values/parseWholeNumber.ts';
import { isUuid } from '../rules/bodyFields.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { shuffled } from '../values/seededRandom.ts';
import type { JournalFilter, Journal, JournalTable } from '../store/JournalTable.ts';

export interface JournalListParts {
  journals: JournalTable;
  settings: Settings;
  /** Shuffles lists. */
  listRandom: (() => number) | undefined;
}

/** Number of rows formatted per turn of the event loop. */
const rowsPerTurn = 500;

const maxLimit = 999_999_999;

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
 * `GET /v1/journals`: a plain array without pages, everything unless there is a `limit`.
 *
 * @throws Refusal 400 naming the parameter, 422 if too many journals match
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

async function formatAll(rows: readonly Journal[], { settings }: JournalListParts): Promise<string> {
  const texts: string[] = [];
  for (let start = 0; start < rows.length; start += rowsPerTurn) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const row of rows.slice(start, start + rowsPerTurn)) texts.push(JSON.stringify(formatItem(row, settings)));
  }
  return texts.join(',');
}

function formatItem(row: Journal, settings: Settings): object {
  const journal = formatJournal(row, settings.answerShape);
  if (!settings.listCreatedAt) delete journal.created_at;
  return journal;
}

function readFilter(query: URLSearchParams, dates: Settings['listDates']): JournalFilter {
  const after = readDay(query, 'after');
  const before = readDay(query, 'before');
  const inclusive = dates === 'inclusive';
  return {
    after: after === undefined || inclusive ? after : after + microsPerDay,
    before: before === undefined || !inclusive ? before : before + microsPerDay,
    status: readWord(query, 'status', statuses),
    entryType: readWord(query, 'entry_type', ['JNLC', 'JNLS']),
    toAccount: readAccount(query, 'to_account'),
    fromAccount: readAccount(query, 'from_account'),
  };
}

function readDay(query: URLSearchParams, name: string): Micros | undefined {
  const text = parameterOf(query, name);
  if (text === undefined) return undefined;
  const day = parseDate(text);
  if (day === null) throw invalid(`${name} must be a date like 2020-01-01, found ${JSON.stringify(text)}`);
  return day;
}

function readWord(query: URLSearchParams, name: string, words: readonly string[]): string | undefined {
  const text = parameterOf(query, name);
  if (text === undefined) return undefined;
  if (!words.includes(text)) throw invalid(`${name} must be one of ${words.join(', ')}, found ${JSON.stringify(text)}`);
  return text;
}

function readAccount(query: URLSearchParams, name: string): string | undefined {
  const text = parameterOf(query, name);
  if (text === undefined) return undefined;
  if (!isUuid(text)) throw invalid(`${name} must be a UUID, found ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

function readLimit(query: URLSearchParams): number | undefined {
  const text = parameterOf(query, 'limit');
  if (text === undefined) return undefined;
  const limit = parseWholeNumber(text, maxLimit);
  if (!limit) throw invalid(`limit must be from 1 to ${maxLimit}, found ${JSON.stringify(text)}`);
  return limit;
}
