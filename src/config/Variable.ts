import type { z } from 'zod';

/**
 * An environment variable. The configuration, `serve --help` and docs/operating.md are derived from these variables.
 */
export interface Variable<Value = unknown> {
  name: string;
  /** What the variable sets: a sentence in Markdown, without a full stop. */
  about: string;
  schema: z.ZodType<Value, string>;
  /** The default, as it would be written in the environment; null if there is none. */
  fallback: string | null;
}

/** Variables by the name of the configuration property that each one sets. */
export type VariableTable = Readonly<Record<string, Variable>>;

/** The configuration that a table describes. A variable without a fallback is null when it is not set. */
export type ConfigOf<Table extends VariableTable> = {
  readonly [Property in keyof Table]: Table[Property] extends Variable<infer Value> ? Value : never;
};

/** An environment in which every variable has a value: unset and empty variables are left out. */
export type Environment = Readonly<Record<string, string>>;

export function variable<Value>(
  name: string,
  schema: z.ZodType<Value, string>,
  about: string,
  fallback: string,
): Variable<Value>;
export function variable<Value>(name: string, schema: z.ZodType<Value, string>, about: string): Variable<Value | null>;
export function variable(
  name: string,
  schema: z.ZodType<unknown, string>,
  about: string,
  fallback: string | null = null,
): Variable {
  return { name, about, schema, fallback };
}

/** Reads a table and adds each invalid value to `problems`. If there are problems, the result must not be used. */
export function readVariables<Table extends VariableTable>(
  table: Table,
  environment: Environment,
  problems: string[],
): ConfigOf<Table> {
  const entries = Object.entries(table).map(([property, { name, schema, fallback }]) => {
    const text = environment[name] ?? fallback;
    if (text === null) return [property, null];
    const { success, data, error } = schema.safeParse(text);
    if (!success) problems.push(...error.issues.map(({ message }) => `${name}: ${message}${found(name, text)}`));
    return [property, data];
  });
  return Object.fromEntries(entries) as ConfigOf<Table>;
}

/** Quotes an invalid value for the message, unless it may be a secret: a URL may contain a password. */
function found(name: string, text: string): string {
  return text.includes('@') || /SECRET|KEY|CLIENT_ID/.test(name) ? '' : `, found ${JSON.stringify(text)}`;
}
