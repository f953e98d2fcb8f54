import { defineProject } from 'vitest/config'

const conditions = ['@airq/source']

export default defineProject({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: 'jobs-app', include: ['test/**/*.test.ts'], testTimeout: 30_000 },
})
