import { account } from '../resolvers/account.ts';

import { builder } from './builder.ts';

export const Account = builder.objectRef<{ id: string }>('Account');

builder.objectType(Account, {
  description: 'A brokerage account. Only its ID and its journals are available.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The UUID of the account, in the spelling of the API.' }) }),
});

builder.queryField('account', (t) =>
  t.field({
    type: Account,
    nullable: true,
    description:
      'Looks up an account by its ID. The gateway does not check that the account exists. Null if the ID is not a UUID ' +
      'or the caller may not read the account.',
    args: { id: t.arg.id({ required: true, description: 'The UUID of the account.' }) },
    resolve: (_root, { id }, context) => account(id, context),
  }),
);
