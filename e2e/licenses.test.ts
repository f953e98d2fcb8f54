import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'

const SEPARATOR = `\n${'-'.repeat(80)}\n\n`
/** Licences that let a copy be handed on with nothing but their text. */
const FREE = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])

test.each([
  ['feature-app', ['commander', 'zod', 'yaml']],
  ['training-app', ['commander', 'zod', 'simple-statistics']],
  ['inference-app', ['commander', 'zod', 'simple-statistics']],
  ['jobs-app', ['commander', 'zod', '@azure/arm-machinelearning', '@azure/identity']],
])('%s carries the licences of what is inlined in it', (app, names) => {
  const text = readFileSync(join(ROOT, 'apps', app, 'dist', 'THIRD-PARTY-LICENSES'), 'utf8')
  const parts = text.split('\n\n').slice(1).join('\n\n').split(SEPARATOR)
  const told = parts.map((part) => {
    const [head = '', ...rest] = part.split('\n\n')
    const lines = head.split('\n')
    return {
      packages: lines.slice(0, -1),
      license: lines.at(-1)?.replace('Licence: ', ''),
      text: rest.join(),
    }
  })
  const packages = told.flatMap((part) => part.packages.map((title) => title.replace(/ [^ ]+$/, '')))
  expect(packages).toEqual(expect.arrayContaining(names))
  expect(packages.filter((name) => name.startsWith('@airq/'))).toEqual([])
  expect(told.filter(({ license = '' }) => !FREE.has(license))).toEqual([])
  expect(told.filter((part) => part.text.length < 20)).toEqual([])
})
