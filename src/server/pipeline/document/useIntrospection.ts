import type { Plugin } from 'graphql-yoga';

import { assertAuthorized } from '../../../auth/authorize.ts';

import { isDocument } from '../../limits/isDocument.ts';
import { measureDocument } from '../../limits/measureDocument.ts';
import { sessionOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Shows the schema to those who may read it. It is judged before validation, whose results serve everybody. */
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
