/** `@airq/pipeline/inspect`: parts of a run, for a command that looks at them one by one and runs no stage. */

export { readConfigText } from '../config/config-text.ts'
export { nearestTimeZone } from '../config/suggestions.ts'
export { parseYaml } from '../config/yaml-document.ts'
export { KeyVault } from '../run/key-vault.ts'
export { holderIn } from '../run/leases.ts'
export { openContext } from '../run/open-context.ts'
export { Redactor } from '../run/redactor.ts'
export { checkStateDirectory } from '../run/state-directory.ts'
export { summaryLine } from '../run/summary.ts'
export { supervise } from '../run/supervision.ts'
export { terminalOf } from '../terminal/terminal.ts'
export { clipped, folded } from '../terminal/width.ts'
