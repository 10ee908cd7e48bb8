import { createHash } from 'node:crypto';

import type { GraphiQLOptions } from 'graphql-yoga';

/** The URL path under which the files are served. */
export const bundlePath = '/graphiql/';

export interface BundleFile {
  contentType: string;
  content: Buffer;
}

/**
 * The files of GraphiQL by their paths. A path contains a hash of the file, so a browser can cache the file forever.
 */
export interface GraphiqlBundle {
  files: ReadonlyMap<string, BundleFile>;
  /** The paths of the files that the page names. */
  script: string;
  style: string;
  icon: string;
}

const javascript = 'text/javascript; charset=utf-8';

/**
 * Returns the initial contents of GraphiQL: those of the tab that was active last or, if the URL has a query, of the
 * tab with that query. GraphiQL would otherwise start with empty contents, and it opens a new tab if no stored tab has
 * the same contents. Unreadable state is left to GraphiQL, which replaces it.
 */
const storedTab = `() => {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
    const query = new URLSearchParams(location.search).get('query');
    const tab = query ? tabs.find((stored) => stored.query === query) : tabs[activeTabIndex];
    return tab && { query: tab.query ?? '', variables: tab.variables ?? '' };
  } catch {}
}`;

let loading: Promise<GraphiqlBundle> | null = null;

/** Loads the bundle on the first call, because it takes nine megabytes. */
export function loadGraphiqlBundle(): Promise<GraphiqlBundle> {
  return (loading ??= load());
}

async function load(): Promise<GraphiqlBundle> {
  const source = await import('@graphql-yoga/render-graphiql/graphiql');
  const files = new Map<string, BundleFile>();
  const add = (name: string, contentType: string, text: string | Buffer) => {
    const content = Buffer.from(text);
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 16);
    const path = bundlePath + name.replace('.', `.${hash}.`);
    files.set(path, { contentType, content });
    return path;
  };
  const workers = {
    editorWorkerService: add('editor.js', javascript, source.editorWorkerService),
    graphql: add('graphql.js', javascript, source.graphqlWorker),
    json: add('json.js', javascript, source.jsonWorker),
  };
  const start = `
    self.MonacoEnvironment = {
      globalAPI: false,
      getWorkerUrl: (moduleId, label) => (${JSON.stringify(workers)})[label],
    };
    ${source.js}
    const root = document.getElementById('root');
    YogaGraphiQL.renderYogaGraphiQL(root, { ...JSON.parse(root.dataset.options), ...(${storedTab})() });
  `;
  const [iconType = '', iconBase64 = ''] = source.favicon.replace(/^data:/, '').split(';base64,');
  return {
    files,
    script: add('graphiql.js', javascript, start),
    style: add('graphiql.css', 'text/css; charset=utf-8', source.css),
    icon: add('favicon.ico', iconType, Buffer.from(iconBase64, 'base64')),
  };
}

/**
 * Renders the page of GraphiQL. It contains no script, so that the browser can keep and precompile all of its scripts.
 */
export async function renderGraphiqlPage(options: GraphiQLOptions = {}): Promise<string> {
  const { script, style, icon } = await loadGraphiqlBundle();
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${escapeHtml(options.title ?? 'GraphiQL')}</title>
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="${style}" />
    <script defer src="${script}"></script>
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL requires JavaScript.</noscript>
    <div id="root" data-options="${escapeHtml(JSON.stringify(options))}"></div>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
