/** How much one operation may ask, and how many may ask at a time: the same on every transport. */
export interface OperationLimits {
  /** Words, numbers and signs of a document. */
  maxTokens: number;
  /** Levels of fields, fragments followed. */
  maxDepth: number;
  /** Fields and fragments of a document, as written and with its fragments followed. */
  maxFields: number;
  /** Fields under another name, fragments followed. */
  maxAliases: number;
  /** Directives anywhere in a document, fragments followed. */
  maxDirectives: number;
  /** What the answer may hold at most and what it takes to get it, in the schema's own measure. */
  maxCost: number;
  /** How long a query or mutation may take, in ms: then what it reads is given up, and nothing more is begun. */
  deadlineMs: number;
  /** Queries and mutations of one principal under way at a time; null for as many as come. */
  maxConcurrent: number | null;
  /** Operations of one principal in a second; null for as many as come. */
  maxPerSecond: number | null;
}
