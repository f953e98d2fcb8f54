/** Nothing here means anything to a shell. `=` and `~` are left out: in front they do. */
const PLAIN = /^[A-Za-z0-9_@+:,./-]+$/
const KEYWORD = /^(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|in|select|function|time|coproc)$/

/**
 * An argument vector as one string that `/bin/sh -c` takes apart into the same vector.
 * @throws RangeError where an argument holds U+0000, which no process can be given
 */
export function shellCommand(argv: readonly string[]): string {
  return argv.map(quoted).join(' ')
}

function quoted(argument: string): string {
  if (argument.includes('\0')) throw new RangeError('an argument holds U+0000')
  if (PLAIN.test(argument) && !KEYWORD.test(argument)) return argument
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`
}
