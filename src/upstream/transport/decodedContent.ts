import { pipeline } from 'node:stream';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';

/** What an answer may be compressed with: said in each request, since without it everything is welcome (RFC 9110, 12.5.3). */
export const acceptedCodings = 'gzip, deflate, br';

/** One more than any server has a reason for. */
const maxCodings = 3;

/** Of what is decoded at a time, in bytes. */
const chunkSize = 65_536;

/**
 * An answer's content without its codings, piece by piece as it arrives. It fails where it can't be decoded or where the
 * content itself fails; destroying it destroys the content.
 *
 * @throws Error naming a coding that can't be undone
 */
export function decodedContent(content: Readable, contentEncoding: string | undefined): Readable {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const applied = codings.filter((coding) => coding !== '' && coding !== 'identity');
  if (applied.length > maxCodings) throw unsupported(applied.join(', '));
  const decoders = applied.reverse().map(decoderOf);
  const last = decoders.at(-1);
  if (!last) return content;
  // Whatever fails, all of them are destroyed with the error, and the reader of the last one gets it.
  pipeline([content, ...decoders], () => undefined);
  return last;
}

function decoderOf(coding: string): Transform {
  if (coding === 'br') return createBrotliDecompress({ chunkSize });
  if (coding === 'gzip' || coding === 'x-gzip' || coding === 'deflate') return createUnzip({ chunkSize });
  throw unsupported(coding);
}

function unsupported(codings: string): Error {
  return new Error(`expected an answer in ${acceptedCodings} or not compressed, found ${codings.slice(0, 80)}`);
}
