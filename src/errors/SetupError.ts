/** Invalid usage, configuration, or an invalid file. The message is printed to stderr as it is, with exit code 2. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** Lists every problem of the environment, the flags or a file that they name, one per line. */
export function invalidConfiguration(problems: readonly string[]): SetupError {
  return new SetupError(['invalid configuration:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
}

/** Lists every problem of a file, one per line. */
export function invalidFile(file: string, problems: readonly string[]): SetupError {
  return new SetupError(problems.map((problem) => `${file}: ${problem}`).join('\n'));
}
