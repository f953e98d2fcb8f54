// Of libraries without types, what the benches use.

declare module 'ml-cart' {
  export class DecisionTreeRegression {
    constructor(options: { maxDepth: number; minNumSamples: number })
    train(inputs: readonly (readonly number[])[], outcomes: readonly number[]): void
    predict(inputs: readonly (readonly number[])[]): number[]
  }
}

declare module 'ml-xgboost' {
  export class Xgboost {
    constructor(options: Readonly<Record<string, string | number>>)
    train(inputs: readonly (readonly number[])[], outcomes: readonly number[]): void
    predict(inputs: readonly (readonly number[])[]): number[]
  }
  const loaded: PromiseLike<typeof Xgboost>
  export default loaded
}
