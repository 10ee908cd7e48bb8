export const graphqlPath = '/graphql';
export const healthPath = '/health';

/** Whether GraphQL or the health check is at this path. */
export function isOwnPath(path: string): boolean {
  return path === graphqlPath || path === healthPath;
}
