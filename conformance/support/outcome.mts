/** Exit code of a check that cannot run here. */
export const SKIPPED = 77

/** Ends the process with one line that says why the check is left out. */
export function skip(reason: string): never {
  process.stdout.write(`  skipped: ${reason}\n`)
  process.exit(SKIPPED)
}

/** One thing a check has shown. */
export function shown(what: string): void {
  process.stdout.write(`  ok  ${what}\n`)
}
