import type { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { ParseQueue } from '../limits/ParseQueue.ts';
import { asParameters, readRequestJson } from '../limits/readRequestJson.ts';

/** In characters. Percent-encoded characters are slow to decode: 4 MB take a second, JSON takes a tenth of that. */
const maxFormLength = 262_144;
/** A request has five. Setting one field of a form searches all the others. */
const maxFormFields = 100;

/**
 * Parses requests with limits, without rounding numbers, and long bodies one after the other. WebSockets use the same
 * functions.
 */
export function useRequestJson(maxValues: number, parseQueue: ParseQueue): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser }) => {
      if (!requestParser) return;
      const readFields = request.method === 'GET' ? readQuery : isForm(request) ? readForm : null;
      if (readFields) setRequestParser(async (sent) => parametersOf(await readFields(sent, parseQueue), maxValues));
      else setRequestParser((sent) => requestParser(withOwnReaders(sent, maxValues, parseQueue)));
    },
  };
}

function isForm(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** Replaces `json` and `text`, the two methods with which Yoga's parsers read a body. */
function withOwnReaders(request: Request, maxValues: number, parseQueue: ParseQueue): Request {
  const text = () => readText(request, parseQueue);
  const json = async () => asParameters(readRequestJson(await text(), maxValues));
  return new Proxy(request, {
    get: (target, name) => {
      if (name === 'json') return json;
      if (name === 'text') return text;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function readText(request: Request, parseQueue: ParseQueue): Promise<string> {
  const text = await request.text();
  await parseQueue.waitTurn(text.length);
  return text;
}

async function readForm(request: Request, parseQueue: ParseQueue): Promise<URLSearchParams> {
  const form = await readText(request, parseQueue);
  if (form.length > maxFormLength || form.split('&', maxFormFields + 1).length > maxFormFields) throw longForm();
  return new URLSearchParams(form);
}

/** Not parsed by the `URL` class, which throws for some targets that clients can send. */
function readQuery({ url }: Request): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1));
}

/** Treats empty fields as absent, as Yoga's parsers do. */
function parametersOf(fields: URLSearchParams, maxValues: number): GraphQLParams {
  const textOf = (name: string) => fields.get(name) || undefined;
  const jsonOf = (name: string) => {
    const json = textOf(name);
    return json === undefined ? undefined : readRequestJson(json, maxValues);
  };
  const [variables, extensions] = [jsonOf('variables'), jsonOf('extensions')];
  const [operationName, query, documentId] = [textOf('operationName'), textOf('query'), textOf('documentId')];
  return asParameters({ operationName, query, documentId, variables, extensions }) as GraphQLParams;
}

function longForm(): GraphQLError {
  const message = `a form may have ${maxFormLength} characters and ${maxFormFields} fields, send JSON instead`;
  return codedGraphQLError('BAD_REQUEST', message, { http: { status: 400 } });
}
