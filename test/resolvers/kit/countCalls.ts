import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { control } from '../../kit/control.ts';

/** The number of calls of an operation that the sandbox has received. */
export async function countCalls(sandbox: Sandbox, operation: string): Promise<number> {
  const log = await control<{ operation: string }[]>(sandbox, 'GET', 'log');
  return log.filter((call) => call.operation === operation).length;
}
