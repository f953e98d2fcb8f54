import { LIMIT_REASONS, type Limit } from './call-counter.ts'

/** What may go wrong with one request; the first four spoil a good answer. */
export type Fault =
  | 'short-column'
  | 'missing-column'
  | 'wrong-unit'
  | 'cut-off'
  | 'oops'
  | 'html'
  | 'broken'
  | 'overloaded'
  | Limit

export interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}

export function jsonReply(status: number, value: unknown): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) }
}

export function refusalReply(status: number, reason: string): Reply {
  return jsonReply(status, { error: true, reason })
}

/** `answer` is what would have come. */
export function faultyReply(fault: Fault, answer: unknown): Reply {
  switch (fault) {
    case 'short-column':
      return jsonReply(
        200,
        withFirstColumn(answer, (values) => values.slice(1)),
      )
    case 'missing-column':
      return jsonReply(
        200,
        withFirstColumn(answer, () => undefined),
      )
    case 'wrong-unit':
      return jsonReply(200, withUnits(answer, 'ppb'))
    case 'cut-off':
      return { ...jsonReply(200, answer), body: JSON.stringify(answer).slice(0, -20) }
    case 'oops':
      return { status: 200, type: 'text/plain', body: 'Oops: encoding failed' }
    case 'html':
      return { status: 200, type: 'text/html', body: '<html><body>Log in</body></html>' }
    case 'broken':
      return refusalReply(500, 'Something went wrong.')
    case 'overloaded':
      return refusalReply(503, 'The service is overloaded. Please try again later.')
    default:
      return refusalReply(429, LIMIT_REASONS[fault])
  }
}

type Table = Readonly<Record<string, unknown>>

function withFirstColumn(answer: unknown, change: (values: readonly unknown[]) => unknown): unknown {
  return eachTable(answer, (table) => {
    const hourly = partOf(table, 'hourly')
    const name = Object.keys(hourly).find((key) => key !== 'time') ?? ''
    const values: unknown = hourly[name]
    return { ...table, hourly: { ...hourly, [name]: change(Array.isArray(values) ? values : []) } }
  })
}

function withUnits(answer: unknown, unit: string): unknown {
  return eachTable(answer, (table) => {
    const units = Object.keys(partOf(table, 'hourly_units')).map((name) => [name, unit])
    return { ...table, hourly_units: Object.fromEntries(units) as Table }
  })
}

function eachTable(answer: unknown, change: (table: Table) => unknown): unknown {
  if (Array.isArray(answer)) return answer.map((table) => eachTable(table, change))
  return isTable(answer) ? change(answer) : answer
}

function partOf(table: Table, name: string): Table {
  const part = table[name]
  return isTable(part) ? part : {}
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
