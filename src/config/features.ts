import { flag, oneOf } from './valueSchemas.ts';
import { variable } from './Variable.ts';

/** What is served besides the schema itself. */
export const featureVariables = {
  isSubgraph: variable(
    'FEDERATION',
    flag,
    '`true`: serves the schema as [a subgraph of Apollo Federation 2](federation.md)',
    'false',
  ),
  console: variable(
    'CONSOLE',
    oneOf('on', 'off'),
    '`on`: serves [the console](console.md) at `/`. The default is `on` with `--sandbox` and `off` without',
  ),
  mcp: variable(
    'MCP',
    oneOf('on', 'off').transform((word) => word === 'on'),
    '`on`: serves [tools for agents](mcp.md) at `/mcp`',
    'off',
  ),
} as const;
