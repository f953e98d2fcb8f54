import { defineProject } from 'vitest/config'

const conditions = ['@airq/source']

// The built commands as a user runs them: separate processes that share a folder and nothing else.
export default defineProject({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'e2e',
    include: ['*.test.ts'],
    globalSetup: ['support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
