export const graphqlPath = '/graphql';
export const healthPath = '/health';
