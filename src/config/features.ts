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
    '`on` serves [the console](console.md) at `/`, `off` does not; when not set, it is on with `--sandbox` and off otherwise',
  ),
  mcp: variable(
    'MCP',
    oneOf('on', 'off').transform((word) => word === 'on'),
    '`on`: agents may call the trusted documents as tools at `/mcp`; see [mcp.md](mcp.md)',
    'off',
  ),
} as const;
