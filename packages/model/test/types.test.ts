import { expectTypeOf, test } from 'vitest'
import {
  type FittedForecaster,
  type ForecastRow,
  type Forecaster,
  ridge,
  type RidgeParams,
  type Scores,
} from '../src/index.ts'

test('public types', () => {
  expectTypeOf(ridge).toEqualTypeOf<Forecaster<RidgeParams>>()
  expectTypeOf<(typeof ridge)['fit']>().returns.toEqualTypeOf<FittedForecaster>()
  expectTypeOf<FittedForecaster['predict']>().parameters.toEqualTypeOf<[row: ForecastRow]>()
  expectTypeOf<{ penalties: string[]; clip: number }>().not.toExtend<RidgeParams>()
  expectTypeOf<Scores[keyof Scores]>().toEqualTypeOf<number>()
})
