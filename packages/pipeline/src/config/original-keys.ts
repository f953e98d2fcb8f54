import { plain } from './suggestions.ts'

interface Moved {
  /** Of the key without case and separators; the sections `basic.` and the like are left out. */
  readonly key: RegExp
  readonly advice: string
}

const MOVED: readonly Moved[] = [
  {
    key: /^cityid$/,
    advice:
      'a station is an entry of "stations" with "id" (a name of your own), "name", "timeZone" and "source"',
  },
  { key: /^cityname$/, advice: 'write it as "name" of an entry of "stations"' },
  {
    key: /^(fs|hopsworks|featuregroup)/,
    advice:
      'the feature store is "featureStore: { kind: hopsworks, host, project }", its key FS_API_KEY in the environment',
  },
  {
    key: /^comet/,
    advice:
      'the model registry is "modelRegistry: { kind: comet, workspace, project }", its key COMET_API_KEY in the environment',
  },
  {
    key: /^(azure|keyvault|vaulturl)/,
    advice:
      'where jobs run is "jobs: { kind: azure-ml, resourceGroup, workspace, keyVaultUrl }", who submits AZURE_… in the environment',
  },
  {
    key: /^(aqitoken|waqi|aqicntoken)/,
    advice: 'a secret is never in the configuration: set AQI_TOKEN in the environment',
  },
  {
    key: /^(api)?(key|token|secret|password)$/,
    advice: 'a secret is never in the configuration: set FS_API_KEY or COMET_API_KEY in the environment',
  },
  { key: /^envpath$/, advice: 'secrets are read from a .env beside the configuration' },
]

/** Of a key that older configurations of this kind have: where it is now, or that it is gone. */
export function adviceForOriginalKey(key: string): string | null {
  const word = plain(key)
  return MOVED.find((moved) => moved.key.test(word))?.advice ?? null
}

/** Sections of older configurations: their keys are reported one by one. */
export function isOriginalSection(key: string): boolean {
  return ['basic', 'azure', 'hopsworks', 'comet', 'cometml'].includes(plain(key))
}
