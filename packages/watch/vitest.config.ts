import { defineProject } from 'vitest/config'

const conditions = ['@airq/source']

export default defineProject({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: 'watch', include: ['test/**/*.test.ts'], testTimeout: 30_000 },
})
