import type { FitContext, FittedForecaster } from './forecaster.ts'

/** Fits, unless the same recipe was fitted before within the context, so on the same rows with the same seed. */
export function rememberFit(
  context: FitContext,
  id: string,
  params: object,
  fit: () => FittedForecaster,
): FittedForecaster {
  if (context.fits === undefined) return fit()
  const key = JSON.stringify([id, params])
  const known = context.fits.get(key)
  if (known !== undefined) return known
  const fitted = fit()
  context.fits.set(key, fitted)
  return fitted
}
