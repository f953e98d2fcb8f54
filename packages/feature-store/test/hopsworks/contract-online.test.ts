import { describeContract } from './contract.ts'

describeContract('4.2, read online', 'online')
