import { GraphQLError, Lexer, Source, TokenKind, parse } from 'graphql';
import type { DocumentNode, ParseOptions } from 'graphql';

import { nestedTooDeeply, overLimit } from '../../errors/limitErrors.ts';

/** The parser, the rules of validation and the printer call themselves for every bracket. */
const maxNesting = 200;
/** What is wrong with a document is said with its names, many times over. */
const maxName = 256;

const [lineFeed, carriageReturn] = [10, 13];
const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Parses a document of at most so many tokens and lines. It is looked over first, without building anything: what is
 * refused has cost no more than its length.
 *
 * @throws GraphQLError
 */
export function parseBounded(text: string | Source, maxTokens: number, options?: ParseOptions): DocumentNode {
  const source = typeof text === 'string' ? new Source(text) : text;
  // Every error counts the lines before each of its places, and a sign that is none is an error at once.
  if (linesOf(source.body) > maxTokens) throw tooLong('lines', maxTokens);
  const lexer = new Lexer(source);
  let tokens = 0;
  let nesting = 0;
  for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
    tokens += 1;
    if (tokens > maxTokens) throw tooLong('tokens', maxTokens);
    if (kind === TokenKind.NAME && lexer.token.value.length > maxName) throw longName();
    if (opening.has(kind)) nesting += 1;
    else if (closing.has(kind)) nesting -= 1;
    if (nesting > maxNesting) throw nestedTooDeeply('document', 'GRAPHQL_PARSE_FAILED', maxNesting);
  }
  return parse(source, options);
}

/** A carriage return and a line feed count as two. */
function linesOf(text: string): number {
  let lines = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || code === carriageReturn) lines += 1;
  }
  return lines;
}

function tooLong(what: 'tokens' | 'lines', limit: number): GraphQLError {
  const message = `the document has more than ${limit} ${what}`;
  return overLimit({ code: 'TOKEN_LIMIT_EXCEEDED', message, limit });
}

function longName(): GraphQLError {
  return new GraphQLError(`a name of the document has more than ${maxName} characters`, {
    extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400 } },
  });
}
