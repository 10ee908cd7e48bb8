import { account } from '../resolvers/account.ts';

import { builder } from './builder.ts';

export const Account = builder.objectRef<{ id: string }>('Account');

builder.objectType(Account, {
  description: 'A brokerage account, known here by its journals.',
  fields: (t) => ({ id: t.exposeID('id', { description: "The account's UUID, as the API writes it." }) }),
});

builder.queryField('account', (t) =>
  t.field({
    type: Account,
    nullable: true,
    description:
      'The account of that id; no call is made for it, its journals are what is known. Null for what is no UUID.',
    args: { id: t.arg.id({ required: true, description: "The account's UUID." }) },
    resolve: (_root, { id }, context) => account(id, context),
  }),
);
