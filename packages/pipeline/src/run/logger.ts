import { pino } from 'pino'
import { tolerateErrors } from '../command/command-io.ts'
import type { CommandIo } from '../command/command-io.ts'
import type { LogLevel } from '../command/options.ts'
import { withoutControls } from '../describe-error.ts'
import { paint, wantsColour } from '../terminal/terminal.ts'
import type { LogFields, Logger } from '../types.ts'

export interface LoggerOptions {
  readonly level: LogLevel
  readonly json: boolean
  /** On every line, with `json`. */
  readonly base: LogFields
  /** Takes secrets out of a line. */
  readonly redact: (text: string) => string
  /** Called before each line. */
  readonly before?: () => void
}

/** Logs to stderr: JSON lines, or short lines for people. */
export function createLogger({ level, json, base, redact, before }: LoggerOptions, io: CommandIo): Logger {
  tolerateErrors(io.stderr)
  const colour = wantsColour(io.stderr, io.env)
  const destination = {
    write: (line: string) => {
      before?.()
      io.stderr.write(redact(json ? line : humanLine(line, colour)))
    },
  }
  const log = pino(
    {
      level,
      base,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return {
    trace: (message, fields = {}) => {
      log.trace(fields, message)
    },
    debug: (message, fields = {}) => {
      log.debug(fields, message)
    },
    info: (message, fields = {}) => {
      log.info(fields, message)
    },
    warn: (message, fields = {}) => {
      log.warn(fields, message)
    },
    error: (message, fields = {}) => {
      log.error(fields, message)
    },
  }
}

const STYLES: Readonly<Record<string, 'red' | 'yellow' | 'dim'>> = {
  trace: 'dim',
  debug: 'dim',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
}
/** Of use to machines only, or said by the level already. */
const HIDDEN = new Set(['level', 'time', 'msg', 'pipeline', 'runId'])

/** `warn  message key=value`; info lines, the usual ones, go without their level. */
function humanLine(jsonLine: string, colour: boolean): string {
  const record = JSON.parse(jsonLine) as Readonly<Record<string, unknown>>
  const level = String(record['level'])
  const fields = Object.entries(record)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('')
  const style = STYLES[level]
  const label = style === undefined ? '' : `${paint(style, level, colour)}: `
  const message = withoutControls(String(record['msg']))
  return `${label}${message}${paint('dim', withoutControls(fields), colour && fields !== '')}\n`
}
