import js from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import { importX } from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

// Who may import whom: apps → pipeline, feature-groups → the four libraries → http; never the other way.
const LIBRARIES = ['aqi-client', 'feature-store', 'model-registry', 'model']
const FRAMES = ['feature-groups', 'pipeline']
const ours = (names) => `^@airq/(?!(?:${names.join('|')})(?:/|$))`
const onlyOurs = (names, message) => ({ regex: ours(names), message })
const noTesting = { regex: '(^|/)testing(/|$)', message: 'Production code never imports a testing entry.' }

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/.turbo/**', '**/fixtures/**'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ conditionNames: ['@airq/source', 'types', 'import', 'default'] }),
      ],
    },
    rules: {
      'no-undef': 'off',
      'import-x/no-cycle': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['packages/job-runner/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [onlyOurs(['job-runner', 'http'], 'job-runner imports http alone.'), noTesting] },
      ],
    },
  },
  ...LIBRARIES.map((name) => ({
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            onlyOurs(
              name === 'model' ? [name] : [name, 'http'],
              'The libraries never import each other; model imports nothing of ours.',
            ),
            noTesting,
          ],
        },
      ],
    },
  })),
  {
    files: ['packages/http/src/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [onlyOurs(['http'], 'http imports nothing of ours.')] }],
    },
  },
  {
    files: FRAMES.map((name) => `packages/${name}/src/**/*.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [onlyOurs(LIBRARIES, 'pipeline and feature-groups import libraries only.'), noTesting] },
      ],
    },
  },
  {
    files: ['packages/{report,watch}/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            onlyOurs(
              ['aqi-client', 'feature-groups', 'model'],
              'report and watch are pure: rows in, files or findings out.',
            ),
            noTesting,
          ],
        },
      ],
    },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            onlyOurs(
              [...LIBRARIES, ...FRAMES, 'job-runner', 'report', 'watch', 'http'],
              'An app never imports an app.',
            ),
            noTesting,
          ],
        },
      ],
    },
  },
  {
    // The contract suites and their tests are the testing entries themselves.
    files: ['packages/*/src/testing/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // Time, chance and the environment come in through the frame, nowhere else.
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: ['packages/pipeline/src/**', 'packages/*/src/testing/**', 'apps/*/src/bin/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take a clock.' },
        { object: 'Math', property: 'random', message: 'Take a seed.' },
        { object: 'process', property: 'env', message: 'Only pipeline reads the environment.' },
        { object: 'process', property: 'argv', message: 'Only the bins read the command line.' },
      ],
    },
  },
  {
    files: [
      '**/test/**/*.ts',
      'e2e/**/*.ts',
      'scripts/**/*.mts',
      'bench/**/*.mts',
      'conformance/**/*.mts',
      'docker/**/*.mts',
    ],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    // Summaries are checked against their JSON Schemas instead of types.
    files: ['e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
