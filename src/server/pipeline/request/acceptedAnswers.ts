import { isUtf8 } from './isUtf8.ts';
import { mediaTypeOf } from './mediaTypeOf.ts';

export const eventStream = 'text/event-stream';
const page = 'text/html';

/** Of those that a client likes as much as one another, an earlier row is chosen. */
const singleAnswers = [['application/json', 'application/graphql-response+json'], ['multipart/mixed'], [eventStream]];

export const answerTypes = singleAnswers.flat();

interface Range {
  type: string;
  weight: number;
}

interface Rated {
  type: string;
  weight: number;
  /** Of the range in the header that speaks of this type. */
  position: number;
  row: number;
}

/**
 * What an `Accept` header comes to (RFC 9110, 12.5.1), as a header that needs no reading: the type of a single answer,
 * then `text/event-stream` where a subscription may be answered, then `text/html` where GraphiQL is wanted no less than
 * an answer. Nothing is weighted in it, and what isn't in it is not acceptable.
 */
export function acceptedAnswers(accept = ''): string {
  // A header without a value names nothing, as none does.
  const ranges = rangesOf(accept.trim() || '*/*');
  const rated = singleAnswers
    .flatMap((types, row) => types.map((type) => ({ ...rate(type, ranges), row })))
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || one.row - other.row || one.position - other.position);
  const [first] = rated;
  const html = ranges.find(({ type }) => type === page)?.weight ?? 0;
  const streams = rated.some(({ type }) => type === eventStream);
  const accepted = new Set([
    ...(first ? [first.type] : []),
    ...(streams ? [eventStream] : []),
    ...(html > 0 && html >= (first?.weight ?? 0) ? [page] : []),
  ]);
  return accepted.size > 0 ? [...accepted].join(', ') : '*/*;q=0';
}

function rangesOf(accept: string): Range[] {
  return accept.split(',').flatMap((text) => {
    const range = mediaTypeOf(text);
    const charset = range?.params.get('charset');
    // Answers are UTF-8. Other parameters choose between forms of a type, of which there is one.
    if (!range || (charset && !isUtf8(charset))) return [];
    const weight = Number(range.params.get('q') ?? 1);
    return [{ type: range.essence, weight: Number.isNaN(weight) ? 1 : weight }];
  });
}

/** The most specific range that matches a type decides, wherever it stands. */
function rate(type: string, ranges: Range[]): Omit<Rated, 'row'> {
  for (const name of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const position = ranges.findIndex((range) => range.type === name);
    const range = ranges[position];
    if (range) return { type, weight: range.weight, position };
  }
  return { type, weight: 0, position: -1 };
}
