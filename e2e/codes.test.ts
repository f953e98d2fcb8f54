import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { codesInSources } from './support/codes.ts'

const docs = (page: string) => readFileSync(join(ROOT, 'docs', page), 'utf8')

/** The runbook, and the pages that its sections on errors and warnings name. */
function runbookAndPages(): string {
  const runbook = docs('runbook.md')
  const told = runbook
    .split(/^## /m)
    .filter((section) => /^(?:Errors|Warnings)/.test(section))
    .join('')
  const pages = new Set([...told.matchAll(/\]\(([\w-]+\.md)(?:#[\w-]+)?\)/g)].map(([, page = '']) => page))
  return [runbook, ...[...pages].map(docs)].join('\n')
}

test('every code of an error or a warning is in the runbook, or in a page it names', () => {
  const codes = codesInSources()
  // Of each kind there is: thrown, warned of, a type's, a field's.
  expect([...codes.keys()]).toEqual(
    expect.arrayContaining(['job-failed', 'old-reading', 'store-damaged', 'clipped', 'key-vault-forbidden']),
  )
  const text = runbookAndPages()
  const missing = [...codes].filter(([code]) => !text.includes(`\`${code}\``))
  expect(missing).toEqual([])
})
