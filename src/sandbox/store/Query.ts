import type Database from 'libsql';

export type Value = string | number | null;

/** A prepared statement whose rows have the type `Row`. */
export class Query<Row> {
  // Values are passed as one array: libsql would flatten separate arguments on every call.
  readonly #statement: Database.Statement<[Value[]]>;

  constructor(database: Database.Database, sql: string) {
    this.#statement = database.prepare<[Value[]]>(sql);
  }

  first(...values: Value[]): Row | undefined {
    // Not checked: callers declare the type of the rows next to the SQL text.
    return this.#statement.get(values) as Row | undefined;
  }

  all(...values: Value[]): Row[] {
    return this.#statement.all(values) as Row[];
  }

  run(...values: Value[]): void {
    this.#statement.run(values);
  }
}
