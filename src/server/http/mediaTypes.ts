import { MIMEType } from 'node:util';

export const eventStream = 'text/event-stream';
const htmlPage = 'text/html';

/** Media types of a single result. Of types with the same weight, the one in an earlier row is chosen. */
const resultTypes = [['application/json', 'application/graphql-response+json'], ['multipart/mixed'], [eventStream]];

export const responseTypes = resultTypes.flat();

/** Parses a media type and lower-cases its names; null if it is malformed. */
export function parseMediaType(text: string): MIMEType | null {
  try {
    return new MIMEType(text);
  } catch {
    return null;
  }
}

/** True for every name of UTF-8, such as `utf8` (https://encoding.spec.whatwg.org/#names-and-labels). */
export function isUtf8(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding === 'utf-8';
  } catch {
    return false;
  }
}

interface MediaRange {
  type: string;
  weight: number;
}

/**
 * Rewrites an `Accept` header (RFC 9110, 12.5.1) into a list of acceptable types without weights: the preferred type of
 * a single result, `text/event-stream` if the client accepts event streams, and `text/html` if the client wants
 * GraphiQL at least as much as a result. `negotiator` is not used, because it matches no range with a charset and can't
 * order types of the same weight.
 */
export function normalizeAccept(accept: string): string {
  // An empty header is the same as none.
  const ranges = parseAccept(accept.trim() || '*/*');
  const acceptable = resultTypes
    .flatMap((types, row) => types.map((type) => ({ type, row, ...matchRange(type, ranges) })))
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || one.row - other.row || one.position - other.position);
  const [best] = acceptable;
  const htmlWeight = ranges.find(({ type }) => type === htmlPage)?.weight ?? 0;
  const normalized = new Set([
    ...(best ? [best.type] : []),
    ...(acceptable.some(({ type }) => type === eventStream) ? [eventStream] : []),
    ...(htmlWeight > 0 && htmlWeight >= (best?.weight ?? 0) ? [htmlPage] : []),
  ]);
  return normalized.size > 0 ? [...normalized].join(', ') : '*/*;q=0';
}

function parseAccept(accept: string): MediaRange[] {
  return accept.split(',').flatMap((text) => {
    const range = parseMediaType(text);
    const charset = range?.params.get('charset');
    // Responses are UTF-8. Other parameters would select a variant of the type, but each type has only one.
    if (!range || (charset && !isUtf8(charset))) return [];
    const weight = Number(range.params.get('q') ?? 1);
    return [{ type: range.essence, weight: Number.isNaN(weight) ? 1 : weight }];
  });
}

/** Finds the most specific range for a type, with its position in the header. */
function matchRange(type: string, ranges: MediaRange[]): { weight: number; position: number } {
  for (const name of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const position = ranges.findIndex((range) => range.type === name);
    const range = ranges[position];
    if (range) return { weight: range.weight, position };
  }
  return { weight: 0, position: -1 };
}
