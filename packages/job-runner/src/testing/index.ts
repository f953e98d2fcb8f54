/** `@airq/job-runner/testing`: a contract suite for any runner, and a fake of Azure. No test runner inside. */

export * from './azure/index.ts'
export * from './contract/index.ts'
