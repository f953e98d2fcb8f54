import { sha256Hex } from './canonical-json.ts'
import type { ModelRef, Signature, SignatureColumn } from './types.ts'

/** The one flavor: no standard tool loads it, and it claims nothing else. */
const flavor = 'airq_json'

export interface MlModelFacts extends ModelRef {
  readonly contentSha256: string
  /** ISO instant. */
  readonly createdAt: string
  readonly runId?: string
  readonly signature?: Signature | undefined
}

/**
 * The `MLmodel` file of MLflow's format, in YAML (every text as JSON writes it, which YAML reads). It has no
 * `python_function` flavor, since no Python can run the model.
 */
export function mlModelText({
  name,
  version,
  contentSha256,
  createdAt,
  runId,
  signature,
}: MlModelFacts): string {
  const lines = [
    'artifact_path: model',
    `utc_time_created: ${quoted(createdAt.replace('T', ' ').replace('Z', '000'))}`,
    ...(runId === undefined ? [] : [`run_id: ${quoted(runId)}`]),
    `model_uuid: ${quoted(sha256Hex(`${name} ${version} ${contentSha256}`).slice(0, 32))}`,
    'flavors:',
    `  ${flavor}:`,
    '    data: model.json',
    '    schema: model.schema.json',
    ...(signature === undefined ? [] : signatureLines(signature)),
    'metadata:',
    `  name: ${quoted(name)}`,
    `  semver: ${quoted(version)}`,
    `  content_sha256: ${quoted(contentSha256)}`,
  ]
  return `${lines.join('\n')}\n`
}

/** MLflow wants JSON text inside a YAML string here, not YAML lists. */
function signatureLines({ inputs, outputs }: Signature): string[] {
  return [
    'signature:',
    `  inputs: ${quoted(JSON.stringify(inputs.map(column)))}`,
    `  outputs: ${quoted(JSON.stringify(outputs.map(column)))}`,
    '  params: null',
  ]
}

function column({ name, type, required = true }: SignatureColumn): SignatureColumn {
  return { type, name, required }
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
