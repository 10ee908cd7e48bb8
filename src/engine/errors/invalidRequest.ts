/**
 * The status of an error in the document or the variables. GraphQL over HTTP: with `spec`, it is used only if the client
 * accepts `application/graphql-response+json`.
 */
export const invalidRequest = { spec: true, status: 400 };
