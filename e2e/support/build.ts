import { buildApps } from '../../scripts/built-apps.mts'

export default function setup(): void {
  buildApps()
}
