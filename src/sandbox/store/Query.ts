import type Database from 'libsql';

export type Value = string | number | null;

/** One prepared statement whose rows are `Row`. */
export class Query<Row> {
  // One array instead of many arguments: libsql would flatten those again for every call.
  readonly #statement: Database.Statement<[Value[]]>;

  constructor(database: Database.Database, sql: string) {
    this.#statement = database.prepare<[Value[]]>(sql);
  }

  first(...values: Value[]): Row | undefined {
    // The tables are the sandbox's own, and each SQL text stands beside its row type.
    return this.#statement.get(values) as Row | undefined;
  }

  all(...values: Value[]): Row[] {
    return this.#statement.all(values) as Row[];
  }

  run(...values: Value[]): void {
    this.#statement.run(values);
  }
}
