/** The values without those that were left empty, which the gateway must not take for a text of no letters. */
export function given<Values extends Record<string, string>>(values: Values): { [Name in keyof Values]?: string } {
  const entries = Object.entries(values).filter(([, value]) => value !== '');
  return Object.fromEntries(entries) as { [Name in keyof Values]?: string };
}
