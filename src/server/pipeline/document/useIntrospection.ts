import type { Plugin } from 'graphql-yoga';

import { assertAuthorized } from '../../../auth/authorize.ts';

import { isDocument, measureDocument } from '../../limits/measureDocument.ts';
import { sessionOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Refuses introspection without its scope. Not a rule of validation, because Yoga caches those results for everybody. */
export function useIntrospection({ maxFields }: { maxFields: number }): Plugin<TransportContext> {
  return {
    onParse:
      ({ context }) =>
      ({ result }) => {
        if (!isDocument(result) || !measureDocument(result, maxFields).introspects) return;
        assertAuthorized(sessionOf(context).principal, { kind: 'introspect' });
      },
  };
}
