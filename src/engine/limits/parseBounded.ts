import { Lexer, Source, TokenKind, parse } from 'graphql';
import type { DocumentNode, GraphQLError, ParseOptions } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import { limitExceeded, nestedTooDeeply } from '../../errors/limitErrors.ts';

/** Maximum depth of nested brackets: the parser, the rules of validation and the printer recurse at each level. */
const maxNesting = 200;
/** Maximum length of a name: error messages repeat the names of a document many times. */
const maxNameLength = 256;

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Parses a document of at most `maxTokens` tokens and lines. The limits are checked on the tokens before anything is
 * built, so that refusing a document costs no more than reading it.
 *
 * @throws GraphQLError
 */
export function parseBounded(text: string | Source, maxTokens: number, options?: ParseOptions): DocumentNode {
  const source = typeof text === 'string' ? new Source(text) : text;
  // Lines come first: an invalid character is an error of the lexer, and every error counts the lines before it.
  if (hasMoreLines(source.body, maxTokens)) throw tooLong('lines', maxTokens);
  const lexer = new Lexer(source);
  let tokens = 0;
  let nesting = 0;
  for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
    tokens += 1;
    if (tokens > maxTokens) throw tooLong('tokens', maxTokens);
    if (kind === TokenKind.NAME && lexer.token.value.length > maxNameLength) throw longName();
    if (opening.has(kind)) nesting += 1;
    else if (closing.has(kind)) nesting -= 1;
    if (nesting > maxNesting) throw nestedTooDeeply('document', 'GRAPHQL_PARSE_FAILED', maxNesting);
  }
  return parse(source, options);
}

/** A carriage return followed by a line feed counts as two lines. */
function hasMoreLines(text: string, max: number): boolean {
  let lines = 1;
  for (const end of ['\n', '\r']) {
    for (let at = text.indexOf(end); at !== -1; at = text.indexOf(end, at + 1)) {
      lines += 1;
      if (lines > max) return true;
    }
  }
  return false;
}

function tooLong(counted: 'tokens' | 'lines', limit: number): GraphQLError {
  const message = `the document has more than ${limit} ${counted}`;
  return limitExceeded({ code: 'TOKEN_LIMIT_EXCEEDED', message, limit });
}

function longName(): GraphQLError {
  const message = `a name in the document has more than ${maxNameLength} characters`;
  return codedGraphQLError('GRAPHQL_PARSE_FAILED', message, { http: { status: 400 } });
}
