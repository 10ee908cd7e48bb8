/**
 * Loaded into a server with `--import`. On request it reports the memory after a garbage collection. It ends the server
 * when the benchmark ends, however that happens.
 */
process.on('message', () => {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  // The second collection frees objects that the first one has finalised.
  setImmediate(() => {
    collect?.();
    process.send?.(process.memoryUsage());
  });
});
process.on('disconnect', () => process.exit());
