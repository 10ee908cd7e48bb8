/** The longest delay of setTimeout and setInterval. They treat a longer one as one millisecond. */
export const longestTimerMs = 2_147_483_647;
