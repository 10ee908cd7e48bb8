/**
 * The HTTP status of an error in the document or the variables. With `spec`, it applies only to clients that accept
 * `application/graphql-response+json`, as GraphQL over HTTP specifies.
 */
export const invalidRequest = { spec: true, status: 400 };
