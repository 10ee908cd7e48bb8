/** Values that no log may ever hold. The kit and the tests use them wherever such a value is needed. */

/** The secret half of the API's credential, of every gateway and sandbox that the kit starts. */
export const apiSecret = 'planted-api-secret';

/** Travel Rule data. */
export const transmitter = {
  transmitterName: 'Ann Planted',
  transmitterAccountNumber: 'planted-account-4711',
  transmitterAddress: '1 Planted St, Springfield',
  transmitterFinancialInstitution: 'First Planted Bank',
} as const;

/** By what a credential is known wherever it stands: headers, keys of the gateway, JSON Web Tokens. */
const shapes = [/\b(?:Basic|Bearer) +(?=\S*[A-Z0-9])[\w+/=.~-]{8,}/, /jgw_[\w-]{10,}/, /\beyJ[\w-]+\.[\w-]+/];

const basic = Buffer.from(`sandbox:${apiSecret}`).toString('base64');

/** The samples' Travel Rule data, as the API's documents print it. */
const sampled = ['Ann Example', '1 Main St, Springfield', 'First Bank'];

const values = [apiSecret, basic, 'the-secret-itself', ...Object.values(transmitter), ...sampled];

/** What a text holds that must stay out of it. */
export function plantedIn(text: string): string[] {
  const shaped = shapes.map((shape) => shape.exec(text)?.[0]).filter((found) => found !== undefined);
  return [...values.filter((value) => text.includes(value)), ...shaped];
}
