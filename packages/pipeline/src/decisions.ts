/** Decisions and information sets by name; here so that a command's help needs nothing else. */
export const DECISIONS = ['end-of-day', 'evening', 'morning'] as const
export type Decision = (typeof DECISIONS)[number]

export const INFORMATION_SETS = ['daily', '+stationHours', '+modelHours', '+weather'] as const
export type InformationSet = (typeof INFORMATION_SETS)[number]
