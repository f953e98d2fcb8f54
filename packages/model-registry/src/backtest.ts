import { ModelRegistryError } from './errors.ts'
import type { Backtest } from './types.ts'

/** @throws ModelRegistryError `bad-arguments` where its lists do not belong together */
export function checkBacktest(backtest: Backtest): void {
  const { days, actual, forecast, lower, upper } = backtest
  const lists = { actual, forecast, lower, upper }
  if ((lower === undefined) !== (upper === undefined)) throw badBacktest('it has one bound of an interval')
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined) continue
    if (list.length !== days.length) {
      throw badBacktest(`${name} has ${String(list.length)} values for ${String(days.length)} days`)
    }
    const odd = list.find((value) => !Number.isFinite(value))
    if (odd !== undefined) throw badBacktest(`${name} holds ${String(odd)}`)
  }
  for (const [at, day] of days.entries()) {
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw badBacktest(`"${day}" is not a day`)
    if (at > 0 && day <= (days[at - 1] ?? '')) throw badBacktest(`${day} does not come after the day before`)
  }
}

function badBacktest(problem: string): ModelRegistryError {
  return new ModelRegistryError('bad-arguments', `The backtest cannot be used: ${problem}.`, {
    fault: 'input',
    where: 'backtest',
    hint: 'Give one finite value a day, days as YYYY-MM-DD in ascending order.',
  })
}
