// ml-regression ships no types; this is the part used here.
declare module 'ml-regression' {
  export class MultivariateLinearRegression {
    constructor(
      inputs: readonly (readonly number[])[],
      outputs: readonly (readonly number[])[],
      options?: { intercept?: boolean; statistics?: boolean },
    )
    readonly weights: number[][]
  }
}
