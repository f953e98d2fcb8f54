/** How far a forecast that was made out of sample lay from what came. */
export interface Residual {
  /** Epoch ms of the decision it was made at. */
  readonly decidedAt: number
  /** Epoch ms from which the outcome counts as known. */
  readonly knownAt: number
  /** log(1 + outcome) − log(1 + forecast). */
  readonly log: number
  /** The spread expected at the decision; 1 where none was learnt. */
  readonly scale: number
}

/** So many residuals are kept in a package and looked back on. */
export const RESIDUALS_KEPT = 400

/** The residuals of the newest decisions whose outcome was known at an instant, in the order of their decisions. */
export function knownResiduals(residuals: readonly Residual[], instant: number): Residual[] {
  return residuals
    .filter(({ knownAt, decidedAt }) => knownAt <= instant && decidedAt < instant)
    .sort((a, b) => a.decidedAt - b.decidedAt)
    .slice(-RESIDUALS_KEPT)
}

const DIGITS = 1e6

/** Rounded to a millionth, so that it is the same whether it is carried in a package or computed anew. */
export function residualOf(made: {
  readonly decidedAt: number
  readonly knownAt: number
  readonly outcome: number
  readonly forecast: number
  readonly scale: number
}): Residual {
  return {
    decidedAt: made.decidedAt,
    knownAt: made.knownAt,
    log: Math.round((Math.log1p(made.outcome) - Math.log1p(made.forecast)) * DIGITS) / DIGITS,
    scale: Math.max(1, Math.round(made.scale * DIGITS)) / DIGITS,
  }
}
