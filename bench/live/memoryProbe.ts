/** Loaded into a server before anything else (`--import`): tells on request what it holds after a collection. */
process.on('message', () => {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  // What the first collection finalises the second one frees.
  setImmediate(() => {
    collect?.();
    process.send?.(process.memoryUsage());
  });
});
