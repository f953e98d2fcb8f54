"""Fits LightGBM or scikit-learn's histogram boosting on made-up rows, one thread: CPU seconds as one JSON line."""

import json
import sys
import time

import numpy as np

learner, rows, columns, trees, repeats = sys.argv[1], *map(int, sys.argv[2:6])
random = np.random.default_rng(1)
inputs = random.random((rows, columns))
outcomes = np.log1p(100 * (1.2 + np.sin(6 * inputs[:, 0]) + inputs[:, 1] * inputs[:, 2] + 0.3 * random.random(rows)))

if learner == "lightgbm":
    from lightgbm import LGBMRegressor

    model = LGBMRegressor(
        objective="l1",
        n_estimators=trees,
        num_leaves=32,
        learning_rate=0.05,
        min_child_samples=20,
        max_bin=63,
        n_jobs=1,
        verbose=-1,
    )
else:
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=trees,
        max_leaf_nodes=32,
        learning_rate=0.05,
        min_samples_leaf=20,
        max_bins=63,
        early_stopping=False,
    )


def cpu_seconds(work):
    before = time.process_time()
    work()
    return time.process_time() - before


fits = [cpu_seconds(lambda: model.fit(inputs, outcomes)) for _ in range(repeats)]
predict = cpu_seconds(lambda: model.predict(inputs))
print(json.dumps({"fit": min(fits), "first": fits[0], "predict": predict}))
