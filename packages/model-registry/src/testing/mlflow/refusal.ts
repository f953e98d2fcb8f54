/** Error codes of MLflow and the HTTP status each comes with (mlflow 3.17, exceptions.py). */
const statuses = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  REQUEST_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
} as const

export type MlflowErrorCode = keyof typeof statuses

/** What the server answers instead of a result. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly errorCode: MlflowErrorCode

  constructor(errorCode: MlflowErrorCode, message: string) {
    super(message)
    this.errorCode = errorCode
  }

  get status(): number {
    return statuses[this.errorCode]
  }

  toJSON(): object {
    return { error_code: this.errorCode, message: this.message }
  }
}

export function invalid(message: string): Refusal {
  return new Refusal('INVALID_PARAMETER_VALUE', message)
}

export function missing(message: string): Refusal {
  return new Refusal('RESOURCE_DOES_NOT_EXIST', message)
}
