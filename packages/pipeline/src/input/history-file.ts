import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type ParsedHistory, readHistoricalCsv } from '@airq/aqi-client'
import { UserError } from '../errors.ts'

const HINT = 'Give the path of a CSV downloaded from aqicn.org/historical.'

/**
 * Reads an aqicn history from a file.
 * @throws UserError `no-such-file`, `not-a-file`, `unreadable-file`, `no-rows`; AqiError for what isn't such a CSV
 */
export async function readHistoryFile(file: string, signal: AbortSignal): Promise<ParsedHistory> {
  await checkIsFile(file)
  const parsed = await readHistoricalCsv(createReadStream(file, { signal }), { fileName: file })
  if (parsed.rowsRead > 0) return parsed
  throw new UserError('no-rows', `${file} has no rows`, { where: file, hint: HINT })
}

async function checkIsFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw code === 'ENOENT'
      ? new UserError('no-such-file', `there is no file ${file}`, { where: file, hint: HINT })
      : new UserError('unreadable-file', `${file} can't be read (${String(code)})`, {
          where: file,
          hint: HINT,
        })
  })
  if (found.isFile()) return
  const what = found.isDirectory() ? 'a directory' : 'not a regular file'
  throw new UserError('not-a-file', `${file} is ${what}`, { where: file, hint: HINT })
}
