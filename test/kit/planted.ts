/** Values that no log may contain. The kit and the tests use them wherever they need a secret. */

/** The API secret of every gateway and sandbox that the kit starts. */
export const apiSecret = 'planted-api-secret';

/** Travel Rule data. */
export const transmitter = {
  transmitterName: 'Ann Planted',
  transmitterAccountNumber: 'planted-account-4711',
  transmitterAddress: '1 Planted St, Springfield',
  transmitterFinancialInstitution: 'First Planted Bank',
} as const;

/** The shapes of credentials: headers, API keys of the gateway, JSON Web Tokens. */
const shapes = [/\b(?:Basic|Bearer) +(?=\S*[A-Z0-9])[\w+/=.~-]{8,}/, /jgw_[\w-]{10,}/, /\beyJ[\w-]+\.[\w-]+/];

const basic = Buffer.from(`sandbox:${apiSecret}`).toString('base64');

/** The Travel Rule data of the samples in the API's documentation. */
const sampled = ['Ann Example', '1 Main St, Springfield', 'First Bank'];

const values = [apiSecret, basic, 'the-secret-itself', ...Object.values(transmitter), ...sampled];

/** Returns the secrets that a text contains. */
export function plantedIn(text: string): string[] {
  const shaped = shapes.map((shape) => shape.exec(text)?.[0]).filter((found) => found !== undefined);
  return [...values.filter((value) => text.includes(value)), ...shaped];
}
