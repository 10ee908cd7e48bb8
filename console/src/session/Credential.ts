const storageName = 'credential';

type Listener = () => void;

/** The key or token that this tab signs in with. It is gone when the tab is closed. */
export class Credential {
  readonly #listeners = new Set<Listener>();
  #isRefused = false;

  /** Whether the gateway has refused what there is, so that the user must sign in. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  get isGiven(): boolean {
    return sessionStorage.getItem(storageName) !== null;
  }

  /** The `Authorization` header and `connection_init` payload. */
  get headers(): Record<string, string> {
    const token = sessionStorage.getItem(storageName);
    return token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** A null token signs out. */
  set(token: string | null): void {
    if (token === null) sessionStorage.removeItem(storageName);
    else sessionStorage.setItem(storageName, token);
    this.#become(token === null);
  }

  refuse(): void {
    if (!this.#isRefused) this.#become(true);
  }

  readonly subscribe = (listener: Listener): Listener => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #become(isRefused: boolean): void {
    this.#isRefused = isRefused;
    for (const listener of this.#listeners) listener();
  }
}
