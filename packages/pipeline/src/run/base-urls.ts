import type { CommandIo } from '../command/command-io.ts'
import { UserError } from '../errors.ts'
import type { BaseUrlVariable, Logger } from '../types.ts'

/**
 * Where a remote is: the real environment's variable first, never that of a `.env`, then what is configured.
 * @throws UserError `bad-base-url`
 */
export function baseUrlOf(
  variable: BaseUrlVariable,
  configured: string | undefined,
  { env }: Pick<CommandIo, 'env'>,
): string | undefined {
  const value = env[variable]
  if (value === undefined || value === '') return configured
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new UserError('bad-base-url', `${variable} is not an http address`, {
    hint: `Unset it, or write the whole address, such as ${variable}=http://127.0.0.1:8080.`,
  })
}

/** Says where a secret is about to go that is not the vendor's own address. */
export function tellHost(logger: Logger, vendor: string, base: string | undefined): void {
  if (base !== undefined) logger.info(`asking ${vendor} elsewhere`, { host: new URL(base).host })
}
