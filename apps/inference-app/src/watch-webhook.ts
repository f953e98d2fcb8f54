import { createHttpClient, expectOk, HttpError, isLoopback } from '@airq/http'
import { PipelineError, type RunContext, UserError } from '@airq/pipeline'
import { type Notice, type WebhookMessage, webhookMessage } from '@airq/watch'

/** Receivers bound what they take. */
const MOST_AT_ONCE = 20
const PATIENCE = {
  timeoutMs: 10_000,
  deadlineMs: 30_000,
  // The receiver knows what it has taken by the idempotency key.
  retry: { attempts: 2, methods: ['POST'] },
} as const

/** Where alerts are sent; `null`: nowhere, `unknown`: the Key Vault that may tell could not be asked. */
export type WebhookPlace = URL | 'unknown' | null

/**
 * The address is a secret as a whole, and stands in no message. A Key Vault that cannot be asked is a warning
 * (`webhook-failed`).
 * @throws UserError `bad-webhook`, `bad-secret`
 */
export async function webhookOf(context: RunContext): Promise<WebhookPlace> {
  let given: string | undefined
  try {
    given = await context.optionalSecret('webhook-url')
  } catch (error) {
    context.signal.throwIfAborted()
    if (!PipelineError.isInstance(error) || error.fault === 'input') throw error
    context.warn(
      'webhook-failed',
      `where alerts are sent could not be asked for: ${error.message}. The next run tries again.`,
    )
    return 'unknown'
  }
  if (given === undefined) return null
  const url = URL.parse(given)
  const isSafe = url !== null && (url.protocol === 'https:' || isPlainLoopback(url))
  if (isSafe && url.username === '' && url.password === '') return url
  throw new UserError('bad-webhook', 'the address that alerts are sent to is none', {
    where: 'AIRQ_WEBHOOK_URL or --webhook-url',
    hint: 'Give a whole https address, without user name and password; plain http is for this machine only.',
  })
}

function isPlainLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLoopback(hostname)
}

/**
 * Sends notices until one delivery fails, which is a warning (`webhook-failed`).
 * @param onTold called after each delivery, so that what was told is kept
 */
export async function tellWebhook(
  context: RunContext,
  url: URL,
  notices: readonly Notice[],
  onTold: (told: readonly Notice[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < notices.length; at += MOST_AT_ONCE) {
    const batch = notices.slice(at, at + MOST_AT_ONCE)
    try {
      await post(context, url, webhookMessage(batch))
    } catch (error) {
      context.signal.throwIfAborted()
      const left = notices.length - at
      context.warn(
        'webhook-failed',
        `the webhook did not take ${String(left)} ${left === 1 ? 'notice' : 'notices'}: ${reasonOf(error)}. The next run tries again.`,
      )
      return
    }
    await onTold(batch)
  }
}

async function post(
  { signal }: RunContext,
  url: URL,
  { body, idempotencyKey }: WebhookMessage,
): Promise<void> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }
  await createHttpClient(PATIENCE).call({ method: 'POST', url: url.href, headers, body }, expectOk, {
    signal,
  })
}

/** By code and status alone: messages of the transport may show parts of the address. */
function reasonOf(error: unknown): string {
  if (!HttpError.isInstance(error)) return 'it could not be asked'
  if (error.status !== undefined) return `it answered with status ${String(error.status)}`
  return error.code === 'timeout' ? 'it did not answer in time' : 'it could not be reached'
}
