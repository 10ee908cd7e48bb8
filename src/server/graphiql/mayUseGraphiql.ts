import type { Authenticator } from '../../auth/Authenticator.ts';
import { authorize } from '../../auth/authorize.ts';

export interface GraphiqlRights {
  authenticator: Authenticator;
  /** In front of a sandbox everybody may use GraphiQL. */
  isSandbox: boolean;
}

/** Whether a client with this `Authorization` header may use GraphiQL, which requires the scope to read the schema. */
export async function mayUseGraphiql(
  authorization: string | null,
  { authenticator, isSandbox }: GraphiqlRights,
): Promise<boolean> {
  if (isSandbox) return true;
  try {
    const { principal } = await authenticator.authenticate(authorization);
    return authorize(principal, { kind: 'introspect' });
  } catch {
    return false;
  }
}
