import { zipSync, type Zippable } from 'fflate'

import type { Asset } from './state.ts'
import type { ZipState } from './types.ts'

const swollenBytes = 8 * 1024 * 1024
const encoder = new TextEncoder()

/** The zip of a version as it arrives. */
export function zipOf(elements: readonly Asset[], state: ZipState): Uint8Array {
  const whole: Zippable = Object.fromEntries(elements.map(({ fileName, bytes }) => [fileName, bytes]))
  switch (state) {
    case 'whole':
      return packed(whole)
    case 'truncated': {
      const bytes = packed(whole)
      return bytes.subarray(0, Math.floor(bytes.length * 0.7))
    }
    case 'repacked':
      return packed({ ...whole, 'model.json': changed(elements) })
    case 'escaping':
      return packed({ ...whole, '../evil.json': encoder.encode('{}') })
    case 'absolute':
      return packed({ ...whole, '/evil.json': encoder.encode('{}') })
    case 'link': {
      const link = [encoder.encode('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] as const
      return packed({ ...whole, 'model.json': [link[0], link[1]] })
    }
    case 'many-entries': {
      const more = Array.from({ length: 200 }, (_, index) => [
        `more-${String(index)}.json`,
        encoder.encode('{}'),
      ])
      return packed({ ...whole, ...(Object.fromEntries(more) as Zippable) })
    }
    case 'bomb':
      return bomb(whole)
    case 'no-zip':
      return encoder.encode('{"msg":"not a zip"}')
  }
}

function packed(files: Zippable): Uint8Array {
  return zipSync(files, { level: 1, mtime: new Date(2020, 0, 1) })
}

function changed(elements: readonly Asset[]): Uint8Array {
  const model = elements.find(({ fileName }) => fileName === 'model.json')
  const bytes = new Uint8Array(model?.bytes ?? [])
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  return bytes
}

/** Its directory says that `model.json` is small; what it holds swells to far more. */
function bomb(whole: Zippable): Uint8Array {
  const swelling = new Uint8Array(swollenBytes)
  const bytes = packed({ ...whole, 'model.json': swelling })
  return understated(bytes, swelling.length, 100)
}

/** Every mention of the size is changed, in local header and directory alike. */
function understated(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    if (view.getUint32(at, true) === from) view.setUint32(at, to, true)
  }
  return bytes
}
