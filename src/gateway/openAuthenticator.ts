import { ApiKeyAuthenticator } from '../auth/ApiKeyAuthenticator.ts';
import { openToAll } from '../auth/Authenticator.ts';
import type { Authenticator } from '../auth/Authenticator.ts';
import type { AuthConfig } from '../config/auth.ts';
import type { Log } from '../log.ts';

/** Loads what verifies tokens only if they are configured. */
export async function openAuthenticator(config: AuthConfig, log: Log): Promise<Authenticator> {
  switch (config.kind) {
    case 'none':
      return openToAll();
    case 'api-key':
      return ApiKeyAuthenticator.open(config.file, log);
    case 'jwt': {
      const { JwtAuthenticator } = await import('../auth/JwtAuthenticator.ts');
      return JwtAuthenticator.open(config, log);
    }
  }
}
