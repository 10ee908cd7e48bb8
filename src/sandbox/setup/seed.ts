/**
 * An account of a new sandbox. The ids come from the samples in the REST docs and from the vendor's Postman collection,
 * so that requests pasted from there work.
 */
export interface SeedAccount {
  id: string;
  kind: 'firm' | 'customer';
  status: string;
  /** Cash per currency, as decimal strings. */
  cash: Readonly<Record<string, string>>;
  /** Shares per symbol, as decimal strings. */
  shares: Readonly<Record<string, string>>;
}

export const sweepAccountId = '8f8c8cee-2591-4f83-be12-82c659b5e748';

export const customerAccountIds = [
  'd7017fd9-60dd-425b-a09a-63ff59368b62',
  '94fa473d-9a92-40cd-908c-25da9fba1e65',
  '399f85f1-cbbd-4eaa-a934-70027fb5c1de',
  '8e00606a-c9ac-409a-ba45-f55e8f77984a',
  'b9b19618-22dd-4e80-8432-fc9e1ba0b27d',
  'c96a5e16-7fca-425a-b67b-0814d064bfc0',
] as const;

/** The accounts in the folder "Journals" of the vendor's Postman collection. */
export const postmanFirmAccountId = 'ad5273b3-9a49-45ff-9a26-a1ee91373425';
const postmanCustomerAccountIds = [
  '7add5830-6083-40fa-aebc-12909a46dffb',
  '7021c60b-8bb5-4800-bc64-7e0e4412d3bd',
] as const;

/** A closed account that still holds money. */
export const closedAccountId = '5f1d2c7a-0d4e-4b8e-9a55-3c6f0e1b7d21';

/** An account that isn't open yet. */
export const onboardingAccountId = '2b7e4f90-6a1c-4d3f-8e27-91c5d0a4b6f3';

/** The docs' samples journal money back from the last three customers, so these start with some. */
const customersWithMoney = new Set<string>(customerAccountIds.slice(3));

/** The price of one share. The AAPL price is the one in the docs' sample. */
export const seedPrices: ReadonlyMap<string, string> = new Map([
  ['AAPL', '128.23'],
  ['MSFT', '243.1'],
  ['TSLA', '661.77'],
  ['SPY', '369.41'],
]);

export const seedAccounts: readonly SeedAccount[] = [
  {
    id: sweepAccountId,
    kind: 'firm',
    status: 'ACTIVE',
    cash: { USD: '50000', EUR: '10000' },
    shares: { AAPL: '1000', MSFT: '500', TSLA: '250', SPY: '100' },
  },
  { id: postmanFirmAccountId, kind: 'firm', status: 'ACTIVE', cash: { USD: '50000' }, shares: { AAPL: '100' } },
  ...postmanCustomerAccountIds.map((id) => customer(id, 'ACTIVE', {})),
  ...customerAccountIds.map((id) => customer(id, 'ACTIVE', customersWithMoney.has(id) ? { USD: '1000' } : {})),
  customer(closedAccountId, 'ACCOUNT_CLOSED', { USD: '250' }),
  customer(onboardingAccountId, 'ONBOARDING', {}),
];

function customer(id: string, status: string, cash: Record<string, string>): SeedAccount {
  return { id, kind: 'customer', status, cash, shares: {} };
}
