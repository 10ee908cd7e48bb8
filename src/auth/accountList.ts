import { z } from 'zod';

import { asUuid } from '../domain/uuid.ts';

/** A list of account ids, in the API's spelling. */
export const accountList = z.array(
  z
    .string({ error: 'expected an account id' })
    .refine((id) => asUuid(id) !== null, 'expected a UUID')
    .transform((id) => id.toLowerCase()),
  { error: 'expected a list of account ids' },
);

const everyAccount = z.tuple([z.literal('*')]).transform(() => null);

/** Those that may be paid from: a list of ids, or `["*"]` for all. Absent: none. */
export const payerList = z
  .union([everyAccount, accountList], { error: 'expected a list of account ids, or ["*"]' })
  .default([]);
