import { lazy, Suspense, useEffect, useRef, useSyncExternalStore } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';

import { Board } from './board/Board.tsx';
import { readFilter } from './board/filter.ts';
import { openBoard } from './board/openBoard.ts';
import { ConnectionBadge } from './live/ConnectionBadge.tsx';
import { GapNotice } from './live/GapNotice.tsx';
import { SignIn } from './session/SignIn.tsx';
import { useServices } from './Services.ts';

const JournalPage = lazy(async () => ({ default: (await import('./journal/JournalPage.tsx')).JournalPage }));
const NewJournal = lazy(async () => ({ default: (await import('./forms/NewJournal.tsx')).NewJournal }));
const SandboxPage = lazy(async () => ({ default: (await import('./sandbox/SandboxPage.tsx')).SandboxPage }));

export function App() {
  const { credential } = useServices();
  const isRefused = useSyncExternalStore(credential.subscribe, () => credential.isRefused);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header isSignedOut={isRefused} />
      <main id="main" tabIndex={-1}>
        <GapNotice />
        {isRefused ? <SignIn /> : <Pages />}
      </main>
    </>
  );
}

function Header({ isSignedOut }: { isSignedOut: boolean }) {
  const { credential, isSandbox } = useServices();
  return (
    <header className="bar">
      <Link href="/" className="brand">
        <BrandMark /> Journals
        {isSandbox && <span className="tag">sandbox</span>}
      </Link>
      <nav aria-label="Pages">
        <NavLink to="/">Board</NavLink>
        <NavLink to="/new/cash" section="/new">
          New journal
        </NavLink>
        {isSandbox && <NavLink to="/sandbox">Sandbox</NavLink>}
        {isSandbox && <a href="/graphql">GraphiQL</a>}
      </nav>
      <div className="barEnd">
        <ConnectionBadge />
        {credential.isGiven && !isSignedOut && (
          <button type="button" className="quiet" onClick={() => credential.set(null)}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}

function NavLink({ to, section = to, children }: { to: string; section?: string; children: string }) {
  const [path] = useLocation();
  const isHere = section === '/' ? path === '/' || path.startsWith('/journals') : path.startsWith(section);
  return (
    <Link href={to} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}

function Pages() {
  const { board, live } = useServices();
  const [path] = useLocation();
  const isBoard = path === '/';
  useEffect(() => {
    // All pages are kept current by the events that follow the board, even if a different page is opened first.
    if (!isBoard && !live.isStarted) openBoard(board, live, readFilter(''));
  }, [board, live, isBoard]);
  return (
    <Suspense fallback={<p className="page faint">Loading…</p>}>
      <FocusOnNavigation />
      <Switch>
        <Route path="/" component={Board} />
        <Route path="/journals/:id">{({ id }) => <JournalPage key={id} id={id} />}</Route>
        <Route path="/new/:kind">{({ kind }) => <NewJournal kind={kind} />}</Route>
        <Route path="/sandbox" component={SandboxPage} />
        <Route>
          <div className="page">
            <h1>No such page</h1>
            <p>
              <Link href="/">Back to the board</Link>
            </p>
          </div>
        </Route>
      </Switch>
    </Suspense>
  );
}

/** After a navigation, scrolls to the top and focuses the page, so that screen readers announce it as after a load. */
function FocusOnNavigation() {
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
  return null;
}

function BrandMark() {
  return (
    <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path
        d="M7 12h15l-4-4M25 20H10l4 4"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
