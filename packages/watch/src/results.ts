import type { Cause, CheckResult, Severity } from './types.ts'

type Figures = CheckResult['figures']
type Subject = Pick<CheckResult, 'cause' | 'station'>

const HOUR_MS = 3_600_000

/** Results of one check of one station, each as its status wants it. */
export function resultsOf(cause: Cause, station: string | null, severity: Severity) {
  const subject: Subject & { readonly severity: Severity } = { cause, station, severity }
  return {
    off: (): CheckResult => ({
      ...subject,
      status: 'off',
      message: 'switched off in the configuration',
      hint: '',
      figures: {},
      clears: true,
    }),
    notEnough: (message: string, figures: Figures = {}): CheckResult => ({
      ...{ ...subject, message, figures },
      status: 'not-enough',
      hint: '',
      clears: false,
    }),
    /** @param clears false: no alert is raised for it, but an open one is not over either */
    ok: (message: string, figures: Figures = {}, clears = true): CheckResult => ({
      ...{ ...subject, message, figures, clears },
      status: 'ok',
      hint: '',
    }),
    alert: (message: string, hint: string, figures: Figures = {}): CheckResult => ({
      ...{ ...subject, message, hint, figures },
      status: 'alert',
      clears: false,
    }),
  }
}

/** `14 h`, `3 days`: of a time span in ms. */
export function spanText(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS)
  return hours < 72 ? `${String(hours)} h` : `${String(Math.floor(hours / 24))} days`
}
