export { readHistoryFile } from './history-file.ts'
