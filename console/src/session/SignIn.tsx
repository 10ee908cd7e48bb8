import { Field } from '@base-ui/react/field';
import { useState } from 'react';

import { useServices } from '../Services.ts';

/** Asks for the key or token that the gateway requires. It is kept in this tab only. */
export function SignIn() {
  const { credential } = useServices();
  const [token, setToken] = useState('');
  const [wasRefused] = useState(credential.isGiven);
  const trimmed = token.trim().replace(/^Bearer +/i, '');
  return (
    <div className="page narrow">
      <h1>Sign in</h1>
      <form
        className="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') credential.set(trimmed);
        }}
      >
        {wasRefused && (
          <p role="alert" className="notice refused">
            The gateway does not accept the key or token, or it has expired.
          </p>
        )}
        <Field.Root className="field">
          <Field.Label>API key or token</Field.Label>
          <Field.Control
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
            value={token}
            onValueChange={setToken}
          />
          <Field.Description>It is kept in this tab and deleted when the tab is closed.</Field.Description>
        </Field.Root>
        <button type="submit" className="primary">
          Sign in
        </button>
      </form>
    </div>
  );
}
