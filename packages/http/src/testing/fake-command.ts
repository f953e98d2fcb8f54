/** Runs the command line of a fake: an error is told as what, where, what to do, and ends it with 2. */
export function runFakeCommand(name: string, main: (argv: readonly string[]) => Promise<void>): void {
  main(process.argv.slice(2)).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    const [where = 'the arguments'] = /--[\w-]+/.exec(message) ?? []
    const what = message.replaceAll(/\s*\n\s*/g, ' ')
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'bad-arguments'
    process.stderr.write(`${name}: ${what} (${code})\n  in ${where}\n  ${name} --help says what it takes.\n`)
    process.exitCode = 2
  })
}

/** Until SIGINT or SIGTERM. To be called before the fake starts, so that no signal is missed. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve()
      })
    }
  })
}

/** @throws RangeError */
export function wholeNumber(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError(`${flag} takes a whole number`)
  return Number(text)
}

/** @throws RangeError */
export function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((other) => other === text)
  if (choice === undefined) throw new RangeError(`${flag} takes one of ${choices.join(', ')}`)
  return choice
}
