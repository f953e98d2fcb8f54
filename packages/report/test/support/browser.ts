import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Where there is no Chromium: `undefined`. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

export interface View {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
  /** Pixels of the picture for one of CSS; default 1. */
  readonly scale?: number
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

/** A headless Chromium driven by its own protocol; one page. */
export class Browser implements AsyncDisposable {
  /** Addresses asked for since the last `open`. */
  readonly requests: string[] = []
  /** What the browser complained of since the last `open`: blocked styles, scripts, broken markup. */
  readonly complaints: string[] = []
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (message: Message) => void>()
  readonly #loaded: (() => void)[] = []
  #last = 0

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process
    this.#profile = profile
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      this.#take(JSON.parse(String(data)) as Message)
    })
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'airq-report-browser-'))
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']
    const child = spawn(CHROMIUM ?? '', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const port = await portOf(child)
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string
      webSocketDebuggerUrl: string
    }[]
    const address = pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? ''
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    const browser = new Browser(child, profile, socket)
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await browser.#ask(`${domain}.enable`)
    return browser
  }

  async open(url: string, { width, height, scheme, scale = 1 }: View): Promise<void> {
    this.requests.length = 0
    this.complaints.length = 0
    await this.#ask('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: scale,
      mobile: width < 600,
    })
    await this.#ask('Emulation.setScrollbarsHidden', { hidden: true })
    await this.#ask('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    })
    const loaded = new Promise<void>((resolve) => this.#loaded.push(resolve))
    await this.#ask('Page.navigate', { url })
    await loaded
  }

  /** What an expression gives in the page; promises are waited for. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#ask('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    return (result as { value?: unknown }).value
  }

  /** A WebP of what stands on the screen. */
  async picture(quality: number): Promise<Buffer> {
    const { data } = await this.#ask('Page.captureScreenshot', { format: 'webp', quality })
    return Buffer.from(String(data), 'base64')
  }

  async press(key: string): Promise<void> {
    for (const type of ['keyDown', 'keyUp']) {
      await this.#ask('Input.dispatchKeyEvent', {
        type,
        key,
        code: key,
        windowsVirtualKeyCode: key === 'Tab' ? 9 : 13,
      })
    }
  }

  #ask(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {})
        else reject(new Error(`${method}: ${error.message}`))
      })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  #take(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message)
      this.#waiting.delete(message.id)
    } else if (message.method === 'Network.requestWillBeSent') {
      this.requests.push((message.params as { request: { url: string } }).request.url)
    } else if (message.method === 'Log.entryAdded') {
      this.complaints.push((message.params as { entry: { text: string } }).entry.text)
    } else if (message.method === 'Page.loadEventFired') {
      this.#loaded.splice(0).forEach((resolve) => {
        resolve()
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close()
    const ended = new Promise((resolve) => this.#process.once('close', resolve))
    this.#process.kill()
    await ended
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function portOf(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('no stderr')
  for await (const line of createInterface(child.stderr)) {
    const port = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(line)?.[1]
    if (port !== undefined) return port
  }
  throw new Error('Chromium ended before it listened')
}
