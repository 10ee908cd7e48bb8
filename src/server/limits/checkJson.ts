import { endOfJsonString } from '../../domain/readJson.ts';

import { nestedTooDeeply, overLimit } from '../../errors/limitErrors.ts';

/** Deeper than any input of the schema; whatever writes or compares values calls itself for every level. */
const maxNesting = 200;

const [comma, openBracket, closeBracket, openBrace, closeBrace] = [44, 91, 93, 123, 125];

/**
 * Looks a request's JSON over before it is parsed: values are cheap to say and dear to build, to coerce and to complain
 * about. What is no JSON may pass.
 *
 * @param maxValues in lists and objects, all counted
 * @throws GraphQLError
 */
export function checkJson(json: string, maxValues: number): void {
  let values = 0;
  let nesting = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === '"') {
      at = endOfJsonString(json, at);
      continue;
    }
    const code = json.charCodeAt(at);
    if (code === comma) values += 1;
    else if (code === openBracket || code === openBrace) {
      values += 1;
      nesting += 1;
      if (nesting > maxNesting) throw nestedTooDeeply('request', 'BAD_REQUEST', maxNesting);
    } else if (code === closeBracket || code === closeBrace) nesting -= 1;
    if (values > maxValues) {
      const message = `the request has more than ${maxValues} values`;
      throw overLimit({ code: 'TOKEN_LIMIT_EXCEEDED', message, limit: maxValues });
    }
  }
}
