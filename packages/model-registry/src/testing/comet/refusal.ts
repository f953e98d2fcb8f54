/** What the service answers instead of a result: its envelope always has the three. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly sdkErrorCode: number

  constructor(sdkErrorCode: number, message: string, status = 400) {
    super(message)
    this.sdkErrorCode = sdkErrorCode
    this.status = status
  }

  toJSON(): object {
    return { code: this.status, msg: this.message, sdk_error_code: this.sdkErrorCode, params: {} }
  }
}

/** The codes the service is known to use. */
export const codes = {
  nothingToUpdate: 42006,
  noSuchModel: 42008,
  noWriteAccess: 90210,
  noSuchRun: 90211,
  unknownKey: 90212,
  noSuchWorkspace: 90219,
  experimentKeyMissing: 90998,
  projectNameMissing: 98219,
  /** Where none is known. */
  other: 0,
} as const
