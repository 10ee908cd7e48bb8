/** Returns the values that aren't empty. The gateway must not receive an empty text for a field that was left empty. */
export function given<Values extends Record<string, string>>(values: Values): { [Name in keyof Values]?: string } {
  const entries = Object.entries(values).filter(([, value]) => value !== '');
  return Object.fromEntries(entries) as { [Name in keyof Values]?: string };
}
