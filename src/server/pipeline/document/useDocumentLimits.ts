import type { ParseOptions, Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { Limits } from '../../../config/limits.ts';

import { checkDocumentSize } from '../../limits/checkDocumentSize.ts';
import { isDocument, measureDocument } from '../../limits/measureDocument.ts';
import { parseBounded } from '../../limits/parseBounded.ts';

/** Refuses documents that are too large before they are validated. */
export function useDocumentLimits(limits: Limits): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: string | Source, options?: ParseOptions) => parseBounded(source, limits.maxTokens, options));
      return ({ result }) => {
        if (!isDocument(result)) return;
        const refusal = checkDocumentSize(measureDocument(result, limits.maxFields), limits);
        // Thrown, because as a parse result it would lose its HTTP status for clients that accept plain JSON.
        if (refusal) throw refusal;
      };
    },
  };
}
