import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import { authorize } from '../../auth/authorize.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { DoorParts } from '../requests/DoorParts.ts';
import { createEndpoint, sendErrors } from '../http/Endpoint.ts';
import type { Caller, Endpoint } from '../http/Endpoint.ts';
import { costOfJournal, exportRowOf } from './exportDocument.ts';
import type { ExportPage } from './exportDocument.ts';
import type { ExportFormat } from './exportFormats.ts';
import { exportPages, ExportPageError } from './exportPages.ts';
import type { ExportQuery } from './exportPages.ts';

/** The largest page of the connection. */
const maxPageSize = 500;
/** The cost of a page besides its journals. */
const costOfPage = 200;

/**
 * `GET /journals.csv` or `/journals.ndjson`: a file with the journals that match a filter, as the principal sees them.
 */
export function createJournalExport(format: ExportFormat, parts: DoorParts): Endpoint {
  // A page must stay within the maximum cost of an operation.
  const affordable = Math.floor((parts.limits.maxCost - costOfPage) / costOfJournal);
  const first = Math.max(1, Math.min(maxPageSize, affordable));
  return createEndpoint(parts, 'GET', async (caller) => {
    const variables = readVariables(caller.req.url ?? '');
    const travelRule = authorize(caller.session.principal, { kind: 'readTravelRule' });
    const pages = exportPages({ ...variables, first, travelRule }, caller);
    await sendExport(format, pages, variables.after, caller);
  });
}

/** The filters that may be given only once. */
const singleFilters = ['createdAfter', 'createdBefore', 'entryType', 'fromAccount', 'toAccount'] as const;
const parameters: ReadonlySet<string> = new Set([...singleFilters, 'status', 'after']);

/**
 * Reads the query parameters of an export. Their values are checked with the variables of the query.
 *
 * @throws GraphQLError for parameters that an export doesn't have: a misspelled filter must not export everything
 */
function readVariables(target: string): Pick<ExportQuery, 'after' | 'filter'> {
  const [, query = ''] = /^[^?]*\??(.*)$/s.exec(target) ?? [];
  const given = new URLSearchParams(query);
  for (const name of new Set(given.keys())) {
    if (!parameters.has(name)) throw invalid(`unknown parameter ${name}, expected ${[...parameters].join(', ')}`);
    if (name !== 'status' && given.getAll(name).length > 1) throw invalid(`${name} is given more than once`);
  }
  const filter: ExportQuery['filter'] = {};
  for (const name of singleFilters) {
    const value = given.get(name);
    if (value !== null) filter[name] = value;
  }
  if (given.has('status')) filter['status'] = given.getAll('status');
  return { after: given.get('after'), filter };
}

function invalid(message: string) {
  return codedGraphQLError('BAD_USER_INPUT', message, { http: { status: 400 } });
}

async function sendExport(
  format: ExportFormat,
  pages: AsyncIterable<ExportPage>,
  after: string | null,
  { res, signal }: Caller,
): Promise<void> {
  let count = 0;
  let cursor = after;
  try {
    for await (const { edges, unreadable } of pages) {
      if (!res.headersSent) begin(format, res);
      await write(res, format.journals(edges.map(exportRowOf)) + format.unreadable(unreadable), signal);
      count += edges.length;
      cursor = edges.at(-1)?.cursor ?? cursor;
    }
    res.end(format.end({ mark: 'end', count, cursor }));
  } catch (error) {
    if (!(error instanceof ExportPageError)) throw error;
    if (!res.headersSent) {
      sendErrors(res, error.errors);
      return;
    }
    const code = String(error.errors[0]?.extensions['code']);
    // The response is cut off, so that clients notice that the file is incomplete without reading its last line.
    res.write(format.end({ mark: 'incomplete', code, message: error.message, cursor }), () => res.destroy());
  }
}

function begin(format: ExportFormat, res: ServerResponse): void {
  res.writeHead(200, {
    'content-type': format.mediaType,
    'content-disposition': `attachment; filename="${format.fileName}"`,
  });
  res.write(format.head());
}

/** Fulfilled when the client has room for more. @throws AbortError if it has disconnected */
async function write(res: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (!res.write(text)) await once(res, 'drain', { signal });
}
