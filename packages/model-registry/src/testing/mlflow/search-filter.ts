import { invalid } from './refusal.ts'

/** What a filter asks of one thing: its attributes and tags by name; `undefined` where it has none of that name. */
interface Searchable {
  attribute(name: string): string | undefined
  tag(name: string): string | undefined
}

export interface FilterRules {
  readonly attributes: readonly string[]
  /** Attributes that may be compared with a list. */
  readonly listed: readonly string[]
}

const promptTag = 'mlflow.prompt.is_prompt'

type Test = (thing: Searchable) => boolean

const clausePattern =
  /^\s*(?:(?<kind>attributes?|tags?)\s*\.\s*)?(?<key>`[^`]+`|"[^"]+"|[\w.-]+)\s*(?<comparator>!=|=|LIKE\b|ILIKE\b|IN\b)\s*(?<value>'(?:[^']|'')*'|"[^"]*"|\([^)]*\))\s*(?:AND\b|$)/i

/**
 * The filters of MLflow's searches as far as names, runs and tags go: clauses joined by AND.
 * @throws Refusal for what is no such filter
 */
export function parseFilter(filter: string, { attributes, listed }: FilterRules): Test {
  const tests: Test[] = []
  let rest = filter.trim()
  while (rest !== '') {
    const groups = clausePattern.exec(rest)
    const { kind, key, comparator, value } = groups?.groups ?? {}
    if (groups === null || key === undefined || comparator === undefined || value === undefined) {
      throw invalid(`Invalid clause(s) in filter string: '${rest}'`)
    }
    rest = rest.slice(groups[0].length).trimStart()
    const name = key.replaceAll(/^[`"]|[`"]$/g, '')
    const isTag = kind?.toLowerCase().startsWith('tag') ?? false
    if (!isTag && !attributes.includes(name)) throw invalid(`Invalid attribute name: ${name}`)
    const operator = comparator.toUpperCase()
    if (operator === 'IN' && (isTag || !listed.includes(name))) {
      throw invalid(`Invalid comparator for ${isTag ? 'tag' : 'attribute'}: ${operator}`)
    }
    const fits = comparison(operator, value)
    tests.push((thing) => {
      const found = isTag ? thing.tag(name) : thing.attribute(name)
      // A tag that is not there fits nothing, not even `!=`: but for the one by which prompts are left out.
      return found === undefined ? name === promptTag && operator === '!=' : fits(found)
    })
  }
  return (thing) => tests.every((test) => test(thing))
}

function comparison(operator: string, value: string): (found: string) => boolean {
  if (operator === 'IN') {
    const values = value.slice(1, -1).split(',').map(unquoted)
    return (found) => values.includes(found)
  }
  const expected = unquoted(value)
  if (operator === '=') return (found) => found === expected
  if (operator === '!=') return (found) => found !== expected
  const pattern = new RegExp(
    `^${expected
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    operator === 'ILIKE' ? 'is' : 's',
  )
  return (found) => pattern.test(found)
}

function unquoted(text: string): string {
  return text
    .trim()
    .replaceAll(/^['"]|['"]$/g, '')
    .replaceAll("''", "'")
}
