/** `@airq/http/testing`: what fake servers are made of. No test runner inside. */

export { createFaultLine, type Fault, type FaultLine } from './fault-line.ts'
export { oneOf, runFakeCommand, untilStopped, wholeNumber } from './fake-command.ts'
export { type Handler, listenOnLoopback, type LoopbackOptions, type LoopbackServer } from './loopback.ts'
