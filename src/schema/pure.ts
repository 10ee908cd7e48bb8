/**
 * The `extensions` of a field whose resolver only reads its parent, its arguments and the context: it has no effects,
 * returns no promise, and returns the same each time. Compiled operations call it without keeping its result.
 */
export const pure = { pure: true };
