import { ApiKeyAuthenticator } from '../auth/ApiKeyAuthenticator.ts';
import { openToAll } from '../auth/Authenticator.ts';
import type { Authenticator } from '../auth/Authenticator.ts';
import { JwtAuthenticator } from '../auth/JwtAuthenticator.ts';
import type { AuthConfig } from '../config/auth.ts';
import type { Log } from '../log.ts';

export async function openAuthenticator(config: AuthConfig, log: Log): Promise<Authenticator> {
  switch (config.kind) {
    case 'none':
      return openToAll();
    case 'api-key':
      return ApiKeyAuthenticator.open(config.file, log);
    case 'jwt':
      return JwtAuthenticator.open(config, log);
  }
}
