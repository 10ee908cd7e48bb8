import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

/** The filters that may be given once. */
const singleFilters = ['createdAfter', 'createdBefore', 'entryType', 'fromAccount', 'toAccount'] as const;
const parameters: ReadonlySet<string> = new Set([...singleFilters, 'status', 'after']);

export interface ExportVariables {
  after: string | null;
  filter: Record<string, string | string[]>;
}

/**
 * Reads the query parameters of an export. Their values are checked with the variables of the query.
 *
 * @throws GraphQLError for parameters that an export doesn't have: a misspelled filter must not export everything
 */
export function readExportVariables(target: string): ExportVariables {
  const [, query = ''] = /^[^?]*\??(.*)$/s.exec(target) ?? [];
  const given = new URLSearchParams(query);
  for (const name of new Set(given.keys())) {
    if (!parameters.has(name)) throw invalid(`unknown parameter ${name}, expected ${[...parameters].join(', ')}`);
    if (name !== 'status' && given.getAll(name).length > 1) throw invalid(`${name} is given more than once`);
  }
  const filter: ExportVariables['filter'] = {};
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
