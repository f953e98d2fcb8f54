/** Error codes of the specification with the status and the message they go with. */
const KNOWN = {
  120000: [500, 'A generic error occurred.'],
  120001: [422, 'An argument was not provided or it was malformed.'],
  120002: [400, 'The server is in an illegal state for this request.'],
  120004: [404, 'HTTP error.'],
  200003: [401, 'Client not authorized for this invocation.'],
  320003: [403, 'User role not allowed.'],
  320004: [403, 'Api key scope not allowed.'],
  320012: [401, 'Api key is invalid.'],
  320013: [401, 'Api key not found in database.'],
  160000: [403, 'No valid role found for this user.'],
  160005: [401, 'This account has been deactivated.'],
  160007: [401, 'This account has been blocked.'],
  150004: [404, 'Project not found.'],
  150029: [412, 'This project is out of credits.'],
  150068: [403, 'Your role in this project is not allowed.'],
  100050: [404, 'Requested variable not found.'],
  110007: [500, 'Error while deleting a file.'],
  110008: [400, 'Error while creating a file: it exists.'],
  110011: [400, 'Dataset not found.'],
  110012: [400, 'Destination already exists.'],
  110018: [400, 'Path not found.'],
  110042: [400, 'Invalid upload information.'],
  110043: [500, 'Error while uploading a file.'],
  130000: [400, 'An error occurred while trying to start this job.'],
  130007: [404, 'Execution not found.'],
  130009: [404, 'Job not found.'],
  130030: [503, 'No worker nodes.'],
  130040: [400, 'Limit of executions reached.'],
  270001: [500, 'Could not create feature group.'],
  270008: [404, 'Feature store not found.'],
  270009: [404, 'Feature group not found.'],
  270024: [403, 'Only data owners of the project may do this.'],
  270040: [400, 'Illegal feature name.'],
  270059: [400, 'Illegal version.'],
  270089: [400, 'The feature group exists already.'],
  270091: [400, 'Illegal name.'],
  270092: [400, 'Illegal description.'],
  270102: [400, 'The feature group is not available online.'],
  270114: [400, 'Illegal update of a feature group.'],
  270121: [400, 'A primary key is required.'],
  270132: [400, 'A default value is not allowed here.'],
  270141: [500, 'Error setting up the job.'],
  270171: [400, 'Illegal type of the event time.'],
  270172: [400, 'The event time is not among the features.'],
  270176: [500, 'Could not create the online feature group.'],
  270179: [400, 'The feature view exists already.'],
  270180: [400, 'The query has no features.'],
  270181: [404, 'Feature view not found.'],
  270184: [400, 'Not for stream feature groups.'],
  270212: [400, 'A feature has no type.'],
  270224: [400, 'A feature is there twice.'],
  270012: [404, 'Training dataset not found.'],
} as const satisfies Record<number, readonly [number, string]>

export type KnownCode = keyof typeof KNOWN

/** Thrown by a handler; answered with the envelope of the API. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: number
  readonly usrMsg: string | undefined

  /** @param status where it differs from the one that usually goes with the code */
  constructor(code: KnownCode, usrMsg?: string, status?: number) {
    super(KNOWN[code][1])
    this.code = code
    this.status = status ?? KNOWN[code][0]
    this.usrMsg = usrMsg
  }

  get envelope(): object {
    return {
      errorCode: this.code,
      errorMsg: this.message,
      ...(this.usrMsg === undefined ? {} : { usrMsg: this.usrMsg }),
    }
  }
}

export function illegalArgument(why: string): Refusal {
  return new Refusal(120001, why)
}
