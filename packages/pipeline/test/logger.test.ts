import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { processIo } from '../src/command/command-io.ts'
import { createLogger } from '../src/run/logger.ts'

const ESCAPE = '\u001b['

function logged({ isTTY, env = {} }: { isTTY: boolean; env?: Record<string, string> }): string {
  const stderr = Object.assign(new PassThrough(), { isTTY })
  const io = { ...processIo(), stderr, env }
  createLogger({ level: 'info', json: false, base: {}, redact: (text) => text }, io).warn('look here', {
    days: 3,
    file: 'a.csv',
  })
  return String(stderr.read())
}

test('a terminal sees colours, unless NO_COLOR is set', () => {
  expect(logged({ isTTY: true })).toContain(ESCAPE)
  expect(logged({ isTTY: true, env: { NO_COLOR: '' } })).toContain(ESCAPE)
  expect(logged({ isTTY: true, env: { NO_COLOR: '1' } })).not.toContain(ESCAPE)
  expect(logged({ isTTY: false })).toBe('warn: look here days=3 file=a.csv\n')
})
