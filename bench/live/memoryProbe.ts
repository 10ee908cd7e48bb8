/**
 * Loaded into a server before anything else (`--import`): tells on request what it holds after a collection, and ends
 * with the benchmark, however that ends.
 */
process.on('message', () => {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  // What the first collection finalises the second one frees.
  setImmediate(() => {
    collect?.();
    process.send?.(process.memoryUsage());
  });
});
process.on('disconnect', () => process.exit());
