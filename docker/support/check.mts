let failed = 0

/** Runs one check and says how it went; a failure leaves the others alone. */
export async function check(what: string, run: () => Promise<void> | void): Promise<void> {
  try {
    await run()
    process.stdout.write(`ok      ${what}\n`)
  } catch (error) {
    failed += 1
    process.stdout.write(`FAILED  ${what}\n${error instanceof Error ? error.message : String(error)}\n`)
  }
}

export function exitCode(): number {
  return failed === 0 ? 0 : 1
}
