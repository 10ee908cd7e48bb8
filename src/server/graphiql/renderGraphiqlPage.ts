import type { GraphiQLOptions } from 'graphql-yoga';

import { loadGraphiqlBundle } from './graphiqlBundle.ts';

/** Renders the page of GraphiQL. It contains no script, so that the browser can keep and precompile all of its scripts. */
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
