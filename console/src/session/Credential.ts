const storageName = 'credential';

type Listener = () => void;

/** The key or token that this tab signs in with. It is deleted when the tab is closed. */
export class Credential {
  readonly #listeners = new Set<Listener>();
  #isRefused = false;

  /** Whether the user must sign in: the gateway refused the credential or the lack of one, or the user signed out. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  get isGiven(): boolean {
    return sessionStorage.getItem(storageName) !== null;
  }

  /** The `Authorization` header, which is also the `connection_init` payload. */
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

  /** Must be called when the gateway refuses a request for its credential. */
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
