import type { ParseOptions, Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { isDocument } from '../../limits/isDocument.ts';
import { checkSize } from '../../limits/checkSize.ts';
import { measureDocument } from '../../limits/measureDocument.ts';
import type { Limits } from '../../../config/limits.ts';
import { parseBounded } from '../../limits/parseBounded.ts';

/** Refuses documents that are too large, by what they say and before they are validated. */
export function useDocumentLimits(limits: Limits): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: string | Source, options?: ParseOptions) => parseBounded(source, limits.maxTokens, options));
      return ({ result }) => {
        if (!isDocument(result)) return;
        const refusal = checkSize(measureDocument(result, limits.maxFields), limits);
        // Thrown: as the result of parsing it would lose its HTTP status where the answer is plain JSON.
        if (refusal) throw refusal;
      };
    },
  };
}
