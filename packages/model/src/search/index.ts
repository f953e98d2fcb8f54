export type { Evaluated, Evaluation, EvaluateOptions, Evaluator } from './evaluation.ts'
export {
  type HyperparametersDocument,
  hyperparametersDocumentSchema,
  parseHyperparametersDocument,
  tunedRecipes,
} from './hyperparameters-document.ts'
export { type BlockErrors, innerRows } from './inner-folds.ts'
export {
  searchHyperparameters,
  type SearchOptions,
  type SearchProgress,
  type SearchResult,
  type Tuned,
} from './search.ts'
export type { Trial } from './study.ts'
