import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './App.tsx';
import { BoardStore } from './board/BoardStore.ts';
import { createClient } from './graphql/createClient.ts';
import { LiveEvents } from './live/LiveEvents.ts';
import { ServicesContext } from './Services.ts';
import { Credential } from './session/Credential.ts';
import './styles/base.css';
import './styles/controls.css';
import './styles/header.css';
import './styles/board.css';
import './styles/flow.css';
import './styles/table.css';
import './styles/form.css';
import './styles/journal.css';
import './styles/batch.css';

const credential = new Credential();
const client = createClient(credential);
const live = new LiveEvents(credential);
const board = new BoardStore(client);
const isSandbox = document.querySelector<HTMLMetaElement>('meta[name="gateway"]')?.content === 'sandbox';

const root = document.getElementById('root');
if (!root) throw new TypeError('the page has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <ServicesContext value={{ client, credential, live, board, isSandbox }}>
        <App />
      </ServicesContext>
    </CSPProvider>
  </StrictMode>,
);
