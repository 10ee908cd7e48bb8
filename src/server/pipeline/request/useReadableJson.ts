import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';

import { asParameters, readRequestJson } from '../../limits/readRequestJson.ts';
import type { ParseQueue } from '../../limits/ParseQueue.ts';

/**
 * Sees to it that no body has more values than anything reads, and that no number of it is rounded before a scalar has
 * judged it; and that long bodies are parsed in turns, with what stands in them. Sockets do the same.
 */
export function useReadableJson(maxValues: number, turns: ParseQueue): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser }) => {
      if (!requestParser) return;
      const fieldsOf = request.method === 'GET' ? queryOf : isForm(request) ? formOf : null;
      if (fieldsOf) setRequestParser(async (asked) => parametersOf(await fieldsOf(asked, turns), maxValues));
      else setRequestParser((asked) => requestParser(readably(asked, maxValues, turns)));
    },
  };
}

function isForm(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** The request, with the two ways in which Yoga's parsers read a body. */
function readably(request: Request, maxValues: number, turns: ParseQueue): Request {
  return new Proxy(request, {
    get: (target, name) => {
      if (name === 'json') return async () => asParameters(readRequestJson(await inTurn(target, turns), maxValues));
      if (name === 'text') return () => inTurn(target, turns);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function inTurn(request: Request, turns: ParseQueue): Promise<string> {
  const text = await request.text();
  await turns.take(text.length);
  return text;
}

/** Four megabytes of signs that stand for others take a second to read; JSON takes a tenth. */
const maxForm = 262_144;
/** A request has five; to set one of very many goes over the others again for each of its name. */
const maxFields = 100;

async function formOf(request: Request, turns: ParseQueue): Promise<URLSearchParams> {
  const form = await inTurn(request, turns);
  if (form.length > maxForm || form.split('&', maxFields + 1).length > maxFields) throw longForm();
  return new URLSearchParams(form);
}

/** Not by the URL class: it throws at targets that a client can send. */
function queryOf({ url }: Request): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1));
}

/** As Yoga's parsers have it: what is empty was not said. */
function parametersOf(fields: URLSearchParams, maxValues: number): GraphQLParams {
  const textOf = (name: string) => fields.get(name) || undefined;
  const jsonOf = (name: string) => {
    const json = textOf(name);
    return json === undefined ? undefined : readRequestJson(json, maxValues);
  };
  const [variables, extensions] = [jsonOf('variables'), jsonOf('extensions')];
  const parameters = { operationName: textOf('operationName'), query: textOf('query'), variables, extensions };
  return asParameters(parameters) as GraphQLParams;
}

function longForm(): GraphQLError {
  return new GraphQLError(`a form has at most ${maxForm} characters and ${maxFields} fields, send JSON instead`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}
