/** Words that end the name of something secret, in a flag or a variable. */
const SECRET_NAME = /(?:^|[-_])(?:token|key|apikey|password|passwd|secret)$/i
/** What stands for a secret and is none. `-` is standard input. */
const REFERENCE = /^@(?:env|file|kv):./

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/**
 * The first flag of a command that is followed by a secret itself: `--aqi-token VALUE`, `--aqi-token=VALUE`.
 * References, and files (`--aqi-token-file`), are none.
 */
export function flagWithLiteralSecret(command: readonly string[]): string | undefined {
  for (const [index, argument] of command.entries()) {
    const [, flag, attached] = /^(--?[A-Za-z][\w-]*)(?:=(.*))?$/s.exec(argument) ?? []
    if (flag === undefined || !isSecretName(flag)) continue
    const value = attached ?? command[index + 1]
    if (value !== undefined && value !== '' && !isReferenceOrFlag(value)) return flag
  }
  return undefined
}

function isReferenceOrFlag(value: string): boolean {
  return REFERENCE.test(value) || value.startsWith('--')
}

/** A command to show: `***` for the secrets that follow flags. */
export function withoutLiteralSecrets(command: readonly string[]): string[] {
  return command.map((argument, index) => {
    const [, flag, attached] = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(argument) ?? []
    if (flag !== undefined && attached !== undefined) {
      return isSecretName(flag) && !isReferenceOrFlag(attached) ? `${flag}=***` : argument
    }
    const before = command[index - 1] ?? ''
    const follows = /^--?[A-Za-z][\w-]*$/.test(before) && isSecretName(before)
    return follows && !isReferenceOrFlag(argument) ? '***' : argument
  })
}
