import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { Turns } from '../limits/Turns.ts';
import { readableJson } from '../readableJson.ts';

/**
 * Sees to it that no body has more values than anything reads, and that no number of it is rounded before a scalar has
 * judged it; and that long bodies are parsed in turns, with what stands in them. Sockets do the same.
 */
export function useReadableJson(maxValues: number, turns: Turns): Plugin {
  return {
    onRequestParse: ({ requestParser, setRequestParser }) => {
      if (requestParser) setRequestParser((request) => requestParser(readably(request, maxValues, turns)));
    },
  };
}

/** The request, with the two ways in which Yoga's parsers read a body. */
function readably(request: Request, maxValues: number, turns: Turns): Request {
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  return new Proxy(request, {
    get: (target, name) => {
      if (name === 'json')
        return async () => JSON.parse(readableJson(await inTurn(target, turns), maxValues)) as unknown;
      if (name === 'text' && isForm) return async () => readableForm(await inTurn(target, turns), maxValues);
      if (name === 'text') return () => inTurn(target, turns);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function inTurn(request: Request, turns: Turns): Promise<string> {
  const text = await request.text();
  await turns.take(text.length);
  return text;
}

/** Four megabytes of signs that stand for others take a second to read; JSON takes a tenth. */
const maxForm = 262_144;
/** A request has five; to set one of very many goes over the others again for each of its name. */
const maxFields = 100;

function readableForm(form: string, maxValues: number): string {
  if (form.length > maxForm || form.split('&', maxFields + 1).length > maxFields) throw longForm();
  const fields = new URLSearchParams(form);
  for (const name of ['variables', 'extensions']) {
    const json = fields.get(name);
    if (json !== null) fields.set(name, readableJson(json, maxValues));
  }
  return fields.toString();
}

function longForm(): GraphQLError {
  return new GraphQLError(`a form has at most ${maxForm} characters and ${maxFields} fields, send JSON instead`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}
