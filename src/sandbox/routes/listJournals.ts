import { formatJournal } from '../format/formatJournal.ts';
import type { Answer } from '../api/Answer.ts';
import { type ApiRequest, parseWholeNumber, readParameter } from '../api/ApiRequest.ts';
import { microsPerDay, parseDate } from '../values/instant.ts';
import { Refusal } from '../api/Refusal.ts';
import { isUuid } from '../rules/bodyFields.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { shuffled } from '../values/seededRandom.ts';
import type { JournalFilter, Journal, JournalTable } from '../store/JournalTable.ts';

export interface JournalListParts {
  journals: JournalTable;
  settings: Settings;
  /** Random numbers to shuffle lists with. Undefined for the newest first. */
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
 * `GET /v1/journals`: a plain array without pages, with all matching journals unless there is a `limit`.
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
  const readDay = (name: string) => readParameter(query, name, 'a date like 2020-01-01', parseDate);
  const readWord = (name: string, words: readonly string[]) =>
    readParameter(query, name, `one of ${words.join(', ')}`, (text) => (words.includes(text) ? text : null));
  const readAccount = (name: string) =>
    readParameter(query, name, 'a UUID', (text) => (isUuid(text) ? text.toLowerCase() : null));
  const after = readDay('after');
  const before = readDay('before');
  const inclusive = dates === 'inclusive';
  return {
    after: after === undefined || inclusive ? after : after + microsPerDay,
    before: before === undefined || !inclusive ? before : before + microsPerDay,
    status: readWord('status', statuses),
    entryType: readWord('entry_type', ['JNLC', 'JNLS']),
    toAccount: readAccount('to_account'),
    fromAccount: readAccount('from_account'),
  };
}

function readLimit(query: URLSearchParams): number | undefined {
  return readParameter(query, 'limit', `from 1 to ${maxLimit}`, (text) => parseWholeNumber(text, maxLimit) || null);
}
