import { ModelError } from './errors.ts'
import type { Contribution } from './forecaster.ts'
import { isBaseline, loadFitted } from './forecasters/index.ts'
import { at, type ForecastRow, rowAt, rowCount, type TrainingMatrix } from './matrix.ts'
import {
  type FittedModel,
  INFORMATION_SET_NAMES,
  type InformationSetName,
  type ModelDocument,
  parseModelDocument,
} from './model-document.ts'
import { type Residual, residualOf, RESIDUALS_KEPT } from './residual.ts'
import { loadSpread } from './spread.ts'
import { type Distribution, distribution } from './uncertainty.ts'

export interface ForecastQuestion {
  /** Names of the row's columns. */
  readonly columns: readonly string[]
  readonly row: ForecastRow
  /** Epoch ms. */
  readonly decidedAt: number
  /** What has come since the model was trained: see `residualsOn`. Default: nothing. */
  readonly recent?: readonly Residual[]
}

/** The model of one information set, made ready to forecast. */
export interface LoadedSet {
  readonly name: InformationSetName
  /** What must be known beside the days. */
  readonly needs: readonly string[]
  readonly residualsFrom: FittedModel['residualsFrom']
  /**
   * The forecast and its uncertainty, from the residuals that the document carries and those that came after.
   * Throws `bad-matrix` when the row's columns are not the model's.
   */
  forecast(question: ForecastQuestion): Distribution
  /** What moved the forecast, the largest first. Throws `bad-matrix` as `forecast`. */
  explain(question: Pick<ForecastQuestion, 'columns' | 'row'>): Contribution[]
  /** How the model did on rows decided after those its residuals come from: the `recent` of later forecasts. */
  residualsOn(matrix: TrainingMatrix): Residual[]
}

/** A model document made ready to forecast: as its set `daily`, or as another it has. */
export interface LoadedModel extends LoadedSet {
  readonly document: ModelDocument
  /** Its information sets, from the poorest, `daily`, to the richest. */
  readonly sets: readonly LoadedSet[]
}

/** Throws `bad-model` when the data is no document of a known format. */
export function loadModel(data: unknown): LoadedModel {
  const document = parseModelDocument(data)
  const daily = loadSet(document, 'daily', document.informationSets.daily)
  const richer = INFORMATION_SET_NAMES.filter((name) => name !== 'daily').flatMap((name) => {
    const model = document.informationSets[name]
    return model === undefined ? [] : [loadSet(document, name, model)]
  })
  return { ...daily, document, sets: [daily, ...richer] }
}

function loadSet(document: ModelDocument, name: InformationSetName, model: FittedModel): LoadedSet {
  const forecaster = loadFitted(model.recipe.id, model.fitted)
  const spread = loadSpread(model.spread)
  const carried = residualsIn(model)
  const newest = carried.at(-1)?.decidedAt ?? Number.NEGATIVE_INFINITY
  return {
    name,
    needs: model.needs,
    residualsFrom: model.residualsFrom,
    forecast({ columns, row, decidedAt, recent = [] }) {
      requireColumns(model, columns)
      const residuals = [...carried, ...recent.filter((residual) => residual.decidedAt > newest)]
      return distribution(
        { value: forecaster.predict(row), scale: spread.scaleOf(row), decidedAt },
        residuals,
        {
          coverage: document.coverage,
          classBounds: document.target.classBounds,
          debias: !isBaseline(model.recipe.id),
        },
      )
    },
    explain({ columns, row }) {
      requireColumns(model, columns)
      return forecaster.explain(row).toSorted((a, b) => Math.abs(b.log) - Math.abs(a.log))
    },
    residualsOn(matrix) {
      requireColumns(model, matrix.columns)
      const residuals: Residual[] = []
      for (let i = 0; i < rowCount(matrix); i++) {
        if (at(matrix.decidedAt, i) <= newest) continue
        const row = rowAt(matrix, i)
        residuals.push(
          residualOf({
            decidedAt: at(matrix.decidedAt, i),
            knownAt: at(matrix.outcomeKnownAt, i),
            outcome: at(matrix.outcomes, i),
            forecast: forecaster.predict(row),
            scale: spread.scaleOf(row),
          }),
        )
      }
      return residuals
    },
  }
}

/** The newest residuals as a document carries them. */
export function packResiduals(residuals: readonly Residual[]): FittedModel['residuals'] {
  const kept = residuals.slice(-RESIDUALS_KEPT)
  return {
    decidedAt: kept.map(({ decidedAt }) => decidedAt),
    knownAt: kept.map(({ knownAt }) => knownAt),
    log: kept.map(({ log }) => log),
    scale: kept.map(({ scale }) => scale),
  }
}

function residualsIn({ residuals }: FittedModel): Residual[] {
  const { decidedAt, knownAt, scale, log } = residuals
  return log.map((value, i) => ({
    decidedAt: decidedAt[i] ?? Number.NaN,
    knownAt: knownAt[i] ?? Number.NaN,
    log: value,
    scale: scale[i] ?? 1,
  }))
}

function requireColumns(model: FittedModel, columns: readonly string[]): void {
  if (columns.length === model.columns.length && columns.every((name, i) => name === model.columns[i])) return
  throw new ModelError('bad-matrix', 'the row has other columns than the model was trained on', {
    hint: 'Train again with this version of airq.',
  })
}
