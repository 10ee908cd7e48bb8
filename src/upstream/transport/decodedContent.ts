import { pipeline } from 'node:stream';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';

/** The `Accept-Encoding` of each request: without this header, a server may use any coding (RFC 9110, 12.5.3). */
export const acceptedCodings = 'gzip, deflate, br';

/** The maximum number of content codings of a response. Real servers apply one or two. */
const maxCodings = 3;

/** How many bytes are decoded at a time. */
const chunkSize = 65_536;

/**
 * Returns the decompressed content of a response, chunk by chunk as it arrives. The returned stream fails if the
 * content fails or cannot be decompressed. Destroying the returned stream destroys the content.
 *
 * @throws Error naming a coding that is not supported
 */
export function decodedContent(content: Readable, contentEncoding: string | undefined): Readable {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const applied = codings.filter((coding) => coding !== '' && coding !== 'identity');
  if (applied.length > maxCodings) throw unsupported(applied.join(', '));
  const decoders = applied.reverse().map(decoderOf);
  const last = decoders.at(-1);
  if (!last) return content;
  // A failure of one stream destroys all of them, and the reader of the last stream receives the error.
  pipeline([content, ...decoders], () => undefined);
  return last;
}

function decoderOf(coding: string): Transform {
  if (coding === 'br') return createBrotliDecompress({ chunkSize });
  if (coding === 'gzip' || coding === 'x-gzip' || coding === 'deflate') return createUnzip({ chunkSize });
  throw unsupported(coding);
}

function unsupported(codings: string): Error {
  return new Error(`expected a response in ${acceptedCodings} or not compressed, found ${codings.slice(0, 80)}`);
}
