import { SingleFieldSubscriptionsRule } from 'graphql';
import type { validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { unconditionalSubscriptions } from './unconditionalSubscriptions.ts';

/** Validates with `unconditionalSubscriptions` in the place of the rule that it is made from. */
export function useUnconditionalSubscriptions(): Plugin {
  return {
    onValidate: ({ validateFn, setValidationFn }) => {
      const validateAsBefore = validateFn as typeof validate;
      const validateOthers: typeof validate = (schema, document, rules, options) =>
        validateAsBefore(
          schema,
          document,
          rules?.map((rule) => (rule === SingleFieldSubscriptionsRule ? unconditionalSubscriptions : rule)),
          options,
        );
      setValidationFn(validateOthers);
    },
  };
}
