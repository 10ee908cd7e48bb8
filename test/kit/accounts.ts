/** The accounts that every sandbox is seeded with, named by their roles in the tests. */
export const sweep = '8f8c8cee-2591-4f83-be12-82c659b5e748';
export const customer = 'd7017fd9-60dd-425b-a09a-63ff59368b62';
export const otherCustomer = '94fa473d-9a92-40cd-908c-25da9fba1e65';
export const thirdCustomer = '399f85f1-cbbd-4eaa-a934-70027fb5c1de';
/** These accounts have a balance that can be journaled back. */
export const richCustomers = [
  '8e00606a-c9ac-409a-ba45-f55e8f77984a',
  'b9b19618-22dd-4e80-8432-fc9e1ba0b27d',
  'c96a5e16-7fca-425a-b67b-0814d064bfc0',
] as const;
export const unknownAccount = '00000000-0000-4000-8000-000000000000';
