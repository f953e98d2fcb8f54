import { describeContract } from './contract.ts'

describeContract('5.1 with the other unconfirmed behaviours, read by export', 'export', {
  version: '5.1.0',
  unknownName: 'empty',
  emptyExport: 'no-file',
  emptyText: 'empty',
  eventTimeUnit: 'seconds',
})
