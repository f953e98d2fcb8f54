import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/**
 * What each step of an official client gave, by its name: the script prints `{"step": …, "value": …}`, a line each.
 * Fails with the end of what the client complained of.
 */
export async function clientSteps(
  python: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<Map<string, unknown>> {
  const child = spawn(python, [script], { env: { ...process.env, ...env } })
  const [said, complained, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ])
  assert.equal(code, 0, complained.split('\n').slice(-30).join('\n'))
  // Clients print lines of JSON of their own too.
  const lines = said.split('\n').filter((line) => line.startsWith('{"step"'))
  return new Map(
    lines.map((line) => {
      const { step, value } = JSON.parse(line) as { step: string; value: unknown }
      return [step, value]
    }),
  )
}
