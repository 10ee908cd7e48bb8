/** Accounts of a new sandbox for the forms to suggest. docs/sandbox.md lists all of them. */
export const seededAccounts: Readonly<Record<string, string>> = {
  '8f8c8cee-2591-4f83-be12-82c659b5e748': 'firm (the sweep account)',
  'ad5273b3-9a49-45ff-9a26-a1ee91373425': 'firm',
  'd7017fd9-60dd-425b-a09a-63ff59368b62': 'customer',
  '94fa473d-9a92-40cd-908c-25da9fba1e65': 'customer',
  '399f85f1-cbbd-4eaa-a934-70027fb5c1de': 'customer',
  '8e00606a-c9ac-409a-ba45-f55e8f77984a': 'customer with 1,000 USD',
  'b9b19618-22dd-4e80-8432-fc9e1ba0b27d': 'customer with 1,000 USD',
  'c96a5e16-7fca-425a-b67b-0814d064bfc0': 'customer with 1,000 USD',
};
