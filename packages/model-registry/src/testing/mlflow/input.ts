import { invalid } from './refusal.ts'

type Values = Readonly<Record<string, unknown>>

export interface KeyValue {
  readonly key: string
  readonly value: string
}

/** The parameters of a call: the query of a GET, else the JSON body. Unknown ones are ignored, as MLflow does. */
export class Input {
  readonly #values: Values

  constructor(values: Values) {
    this.#values = values
  }

  text(name: string): string {
    const value = this.optionalText(name)
    if (value === undefined || value === '') {
      throw invalid(
        `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
      )
    }
    return value
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw wrongType(name, value)
    return value
  }

  /** A whole number, as number or as text. */
  optionalInt(name: string): number | undefined {
    const value = this.#values[name]
    if (value === undefined || value === null) return undefined
    const number = typeof value === 'string' && value !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isInteger(number)) throw wrongType(name, value)
    return number
  }

  /** MLflow reads the texts NaN, Infinity and -Infinity as numbers. */
  number(name: string): number {
    const value = this.#values[name]
    if (typeof value === 'number') return value
    if (typeof value === 'string' && ['NaN', 'Infinity', '-Infinity'].includes(value)) return Number(value)
    throw wrongType(name, value)
  }

  list(name: string): readonly Input[] {
    const value = this.#values[name]
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) throw wrongType(name, value)
    return value.map((item) => {
      if (!isRecord(item)) throw wrongType(name, item)
      return new Input(item)
    })
  }

  keyValues(name: string): readonly KeyValue[] {
    return this.list(name).map((item) => ({ key: item.text('key'), value: item.optionalText('value') ?? '' }))
  }

  /** A repeated text. */
  texts(name: string): readonly string[] {
    const value = this.#values[name]
    if (value === undefined || value === null) return []
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    return items.map((item) => {
      if (typeof item !== 'string') throw wrongType(name, item)
      return item
    })
  }

  raw(name: string): unknown {
    return this.#values[name]
  }
}

export function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrongType(name: string, value: unknown): Error {
  return invalid(
    `Invalid value ${JSON.stringify(value)} for parameter '${name}' supplied:  Hint: Value was of type '${typeof value}'. See the API docs for more information about request parameters.`,
  )
}
