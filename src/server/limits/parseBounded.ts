import { Lexer, Source, TokenKind, parse } from 'graphql';
import type { DocumentNode, ParseOptions } from 'graphql';

import { nestedTooDeeply, overLimit } from './limitErrors.ts';

/** The parser, the rules of validation and the printer call themselves for every bracket. */
const maxNesting = 200;

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Parses a document of at most so many tokens. It is looked over first, without building anything: what is refused has
 * cost no more than its length.
 *
 * @throws GraphQLError
 */
export function parseBounded(text: string | Source, maxTokens: number, options?: ParseOptions): DocumentNode {
  const source = typeof text === 'string' ? new Source(text) : text;
  const lexer = new Lexer(source);
  let tokens = 0;
  let nesting = 0;
  for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
    tokens += 1;
    if (tokens > maxTokens) {
      const message = `the document has more than ${maxTokens} tokens`;
      throw overLimit({ code: 'TOKEN_LIMIT_EXCEEDED', message, limit: maxTokens });
    }
    if (opening.has(kind)) nesting += 1;
    else if (closing.has(kind)) nesting -= 1;
    if (nesting > maxNesting) throw nestedTooDeeply(maxNesting);
  }
  return parse(source, options);
}
