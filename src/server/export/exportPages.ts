import type { GraphQLError } from 'graphql';
import { setTimeout as wait } from 'node:timers/promises';

import type { Caller, RunDocument } from '../http/runDocument.ts';
import { exportDocument } from './exportDocument.ts';
import type { ExportPage } from './exportDocument.ts';
import type { ExportVariables } from './exportVariables.ts';

export interface ExportQuery extends ExportVariables {
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
 * Reads an export page by page, each as an operation of its own in the pipeline. The first page is not read again, since
 * its errors can still be answered with a status.
 *
 * @throws ExportPageError
 */
export async function* exportPages(
  runDocument: RunDocument,
  query: ExportQuery,
  caller: Caller,
): AsyncGenerator<ExportPage, void> {
  let { after } = query;
  for (let isFirst = true; ; isFirst = false) {
    const page = await readPage(runDocument, { ...query, after }, caller, isFirst ? 0 : maxRepeats);
    yield page;
    if (!page.pageInfo.hasNextPage) return;
    after = page.edges.at(-1)?.cursor ?? after;
  }
}

async function readPage(
  runDocument: RunDocument,
  variables: ExportQuery,
  caller: Caller,
  repeats: number,
): Promise<ExportPage> {
  const { data, errors } = await runDocument({ query: exportDocument, variables: { ...variables } }, caller);
  const { journals = null } = (data ?? {}) as { journals?: ExportPage | null };
  if (journals && errors.length === 0) return journals;
  if (repeats === 0 || !errors.some(({ extensions }) => temporary.has(extensions['code'])))
    throw new ExportPageError(errors);
  await wait(pauseMs, undefined, { signal: caller.signal });
  return readPage(runDocument, variables, caller, repeats - 1);
}
