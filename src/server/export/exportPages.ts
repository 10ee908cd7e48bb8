import type { GraphQLError } from 'graphql';
import { setTimeout as wait } from 'node:timers/promises';

import type { Caller } from '../http/Endpoint.ts';
import { exportDocument } from './exportDocument.ts';
import type { ExportPage } from './exportDocument.ts';

/** The variables of the query for a page. */
export interface ExportQuery {
  after: string | null;
  filter: Record<string, string | string[]>;
  /** Journals per page. */
  first: number;
  travelRule: boolean;
}

/** A page of an export could not be read. */
export class ExportPageError extends Error {
  override readonly name = 'ExportPageError';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors[0]?.message ?? 'the page has no data');
    this.errors = errors;
  }
}

/** Codes of temporary errors: a page that fails with one is read again after a pause. */
const temporary: ReadonlySet<unknown> = new Set([
  'OPERATION_RATE_LIMITED',
  'CONCURRENCY_LIMITED',
  'OVERLOADED',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
]);
const pauseMs = 1_000;
/** How often a page is read again before the export ends incomplete. */
const maxRepeats = 30;

/**
 * Reads an export page by page, each page with its own operation. If the first page fails, it is not read again,
 * because the response can then still have the status of the error.
 *
 * @throws ExportPageError
 */
export async function* exportPages(query: ExportQuery, caller: Caller): AsyncGenerator<ExportPage, void> {
  let { after } = query;
  for (let isFirst = true; ; isFirst = false) {
    const page = await readPage({ ...query, after }, caller, isFirst ? 0 : maxRepeats);
    yield page;
    if (!page.pageInfo.hasNextPage) return;
    after = page.edges.at(-1)?.cursor ?? after;
  }
}

async function readPage(variables: ExportQuery, caller: Caller, repeats: number): Promise<ExportPage> {
  const { text, errors } = await caller.run({ query: exportDocument, variables: { ...variables } });
  if (errors.length === 0) return (JSON.parse(text) as { data: { journals: ExportPage } }).data.journals;
  if (repeats === 0 || !errors.some(({ extensions }) => temporary.has(extensions['code'])))
    throw new ExportPageError(errors);
  await wait(pauseMs, undefined, { signal: caller.signal });
  return readPage(variables, caller, repeats - 1);
}
