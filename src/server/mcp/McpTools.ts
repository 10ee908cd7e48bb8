import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';

import { authorize } from '../../auth/authorize.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Caller } from '../http/Endpoint.ts';
import type { McpTool } from './documentTools.ts';

/** The tools that one principal may use. Each call runs an operation with all steps of the engine. */
export class McpTools {
  readonly #tools: readonly McpTool[];
  readonly #caller: Caller;

  constructor(tools: readonly McpTool[], caller: Caller) {
    this.#tools = tools.filter((tool) => mayUse(caller.session.principal, tool));
    this.#caller = caller;
  }

  list(): Tool[] {
    return this.#tools.map(({ name, description, inputSchema, isMutation }) => ({
      name,
      description,
      inputSchema: { ...inputSchema },
      annotations: { readOnlyHint: !isMutation, idempotentHint: true },
    }));
  }

  /** @throws McpError if the tool or one of its arguments does not exist, or if a key is missing */
  async call(name: string, args: Record<string, unknown>): Promise<CallToolResult> {
    const tool = this.#tools.find((each) => each.name === name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, 'there is no such tool for this principal');
    const problem = problemOf(tool, args);
    if (problem !== null) throw new McpError(ErrorCode.InvalidParams, problem);
    const { query, operationName } = tool;
    const { errors, text } = await this.#caller.run({ query, operationName, variables: args });
    return {
      content: [{ type: 'text', text }],
      structuredContent: JSON.parse(text) as Record<string, unknown>,
      isError: errors.length > 0,
    };
  }
}

/**
 * Unknown arguments are refused because GraphQL ignores unknown variables: a misspelled filter would select everything.
 */
function problemOf({ inputSchema, keys }: McpTool, args: Record<string, unknown>): string | null {
  const unknown = Object.keys(args).find((name) => !Object.hasOwn(inputSchema.properties, name));
  if (unknown !== undefined) return `there is no argument ${unknown}`;
  const missing = keys.find((name) => typeof args[name] !== 'string' || args[name] === '');
  return missing === undefined
    ? null
    : `${missing}: expected a key, new for each create and the same for each repeat of it`;
}

function mayUse(principal: Principal, { isMutation, needsCap }: McpTool): boolean {
  const { maxAmount, maxDailyAmount } = principal.caps;
  if (needsCap && maxAmount === null && maxDailyAmount === null) return false;
  return authorize(principal, isMutation ? { kind: 'createJournal', journals: [] } : { kind: 'read' });
}
