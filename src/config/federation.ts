import { flag } from './valueSchemas.ts';
import { variable } from './Variable.ts';

export const federationVariables = {
  isSubgraph: variable(
    'FEDERATION',
    flag,
    '`true`: serves the schema as [a subgraph of Apollo Federation 2](federation.md)',
    'false',
  ),
} as const;
