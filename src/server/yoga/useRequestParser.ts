import type { GraphQLParams, Plugin } from 'graphql-yoga';

import { withoutBom } from '../../domain/readJson.ts';
import { badRequest } from '../../engine/errors/badRequest.ts';
import { AbandonedError } from '../../errors/cancellation.ts';

import { readBody } from '../http/readBody.ts';
import type { DoorParts } from '../requests/DoorParts.ts';
import { asParameters, readRequestJson } from '../requests/readRequestJson.ts';
import type { YogaContext } from './useEngine.ts';

/**
 * Maximum length of a form, in characters. Percent-encoding is slow to decode: 4 MB take a second, JSON a tenth of it.
 */
const maxFormLength = 262_144;
/** Maximum number of fields of a form; a GraphQL request has five. Each lookup of a field searches all of them. */
const maxFormFields = 100;

/**
 * Reads and parses requests with limits, without rounding numbers, and long bodies one after the other. WebSockets use the
 * same functions.
 */
export function useRequestParser({ limits, parseQueue }: DoorParts): Plugin<YogaContext> {
  const { maxRequestBytes, maxTokens: maxValues } = limits;
  return {
    onRequestParse: ({ request, requestParser, serverContext, setRequestParser }) => {
      if (!requestParser) return;
      const { req } = serverContext as unknown as YogaContext;
      const text = async () => {
        const body = await readBody(req, maxRequestBytes);
        if (!body) throw new AbandonedError();
        await parseQueue.waitTurn(body.length);
        return withoutBom(body.toString('utf8'));
      };
      const json = async () => asParameters(readRequestJson(await text(), maxValues));
      const readFields =
        request.method === 'GET' ? () => readQuery(request) : isForm(request) ? () => readForm(text) : null;
      setRequestParser(async (sent) => {
        try {
          if (readFields) return parametersOf(await readFields(), maxValues);
          // Yoga's parsers read a body with one of these two methods.
          return await requestParser(Object.assign(sent, { text, json }));
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          // Yoga would mask this error.
          throw badRequest(`variables and extensions must be JSON objects: ${error.message}`);
        }
      });
    },
  };
}

function isForm(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}

async function readForm(text: () => Promise<string>): Promise<URLSearchParams> {
  const form = await text();
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
