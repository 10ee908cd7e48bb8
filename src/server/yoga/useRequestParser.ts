import type { GraphQLParams, Plugin } from 'graphql-yoga';

import { withoutBom } from '../../domain/readJson.ts';
import { badRequest } from '../../engine/errors/badRequest.ts';
import { AbandonedError } from '../../errors/cancellation.ts';

import type { ParseQueue } from '../requests/ParseQueue.ts';
import { asParameters, readRequestJson } from '../requests/readRequestJson.ts';

/**
 * Maximum length of a form, in characters. Percent-encoding is slow to decode: 4 MB take a second, JSON a tenth of it.
 */
const maxFormLength = 262_144;
/** Maximum number of fields of a form; a GraphQL request has five. Each lookup of a field searches all of them. */
const maxFormFields = 100;

/**
 * Parses requests with limits, without rounding numbers, and long bodies one after the other. WebSockets use the same
 * functions.
 */
export function useRequestParser(maxValues: number, parseQueue: ParseQueue): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser }) => {
      if (!requestParser) return;
      const readFields = request.method === 'GET' ? readQuery : isForm(request) ? readForm : null;
      setRequestParser(async (sent) => {
        try {
          if (readFields) return parametersOf(await readFields(sent, parseQueue), maxValues);
          return await requestParser(withOwnReaders(sent, maxValues, parseQueue));
        } catch (error) {
          throw clientError(error);
        }
      });
    },
  };
}

/** Converts two errors that Yoga would mask: a URL or form with malformed JSON, and a body that was cut off. */
function clientError(error: unknown): unknown {
  if (error instanceof SyntaxError) {
    return badRequest(`variables and extensions must be JSON objects: ${error.message}`);
  }
  const isConnectionReset = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
  return isConnectionReset ? new AbandonedError() : error;
}

function isForm(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** Replaces `json` and `text`, the two methods with which Yoga's parsers read a body. */
function withOwnReaders(request: Request, maxValues: number, parseQueue: ParseQueue): Request {
  const read = request.text.bind(request);
  const text = () => waitTurn(read(), parseQueue);
  const json = async () => asParameters(readRequestJson(await text(), maxValues));
  return Object.assign(request, { text, json });
}

async function waitTurn(sent: Promise<string>, parseQueue: ParseQueue): Promise<string> {
  const text = withoutBom(await sent);
  await parseQueue.waitTurn(text.length);
  return text;
}

async function readForm(request: Request, parseQueue: ParseQueue): Promise<URLSearchParams> {
  const form = await waitTurn(request.text(), parseQueue);
  if (form.length > maxFormLength || form.split('&', maxFormFields + 1).length > maxFormFields) {
    throw badRequest(`a form may have ${maxFormLength} characters and ${maxFormFields} fields, send JSON instead`);
  }
  return new URLSearchParams(form);
}

/** Does not use the `URL` class, which throws for some targets that clients can send. */
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
