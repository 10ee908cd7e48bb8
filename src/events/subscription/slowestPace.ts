/** What a client has to take at least of what waits for it, in bytes per ms: large answers get their time. */
export const slowestPace = 256;
