import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import { authorize } from '../../auth/authorize.ts';
import { createEndpoint } from '../http/Endpoint.ts';
import type { Endpoint, EndpointParts } from '../http/Endpoint.ts';
import { sendErrors } from '../http/sendErrors.ts';
import type { Caller } from '../http/runDocument.ts';
import { costOfJournal, exportRowOf } from './exportDocument.ts';
import type { ExportPage } from './exportDocument.ts';
import type { ExportFormat } from './exportFormats.ts';
import { exportPages, ExportPageError } from './exportPages.ts';
import { readExportVariables } from './exportVariables.ts';

export interface JournalExportOptions extends EndpointParts {
  /** The highest cost of an operation, which limits the size of a page. */
  maxCost: number;
}

/** The largest page of the connection. */
const maxPageSize = 500;
/** What a page costs besides its journals. */
const costOfPage = 200;

/** `GET /journals.csv` or `/journals.ndjson`: the journals of a filter as a file, as the principal sees them. */
export function createJournalExport(format: ExportFormat, options: JournalExportOptions): Endpoint {
  const { runDocument, maxCost } = options;
  const pageSize = Math.max(1, Math.min(maxPageSize, Math.floor((maxCost - costOfPage) / costOfJournal)));
  return createEndpoint(options, {
    methods: ['GET'],
    serve: async (caller) => {
      const variables = readExportVariables(caller.req.url ?? '');
      const travelRule = authorize(caller.session.principal, { kind: 'readTravelRule' });
      const pages = exportPages(runDocument, { ...variables, first: pageSize, travelRule }, caller);
      await sendExport(format, pages, variables.after, caller);
    },
  });
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
    // Cut off, so that clients notice that the file is incomplete without reading its last line.
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
