import { expectTypeOf, test } from 'vitest'

import type {
  Json,
  ModelPackage,
  ModelRegistry,
  ModelVersion,
  PublishResult,
  Selector,
} from '../src/index.ts'

test('public types', () => {
  expectTypeOf<ModelRegistry['publish']>().returns.resolves.toEqualTypeOf<PublishResult>()
  expectTypeOf<ModelRegistry['resolve']>().returns.resolves.toEqualTypeOf<ModelVersion | null>()
  expectTypeOf<'latest'>().toExtend<Selector>()
  expectTypeOf<{ stage: 'serving' }>().not.toExtend<Selector>()
  expectTypeOf<() => void>().not.toExtend<Json>()
  expectTypeOf<ModelPackage['metrics'][string]>().toEqualTypeOf<number>()
})
