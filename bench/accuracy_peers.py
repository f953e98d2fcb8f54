"""What a Python user would assemble, on the same rows with the same refits: forecasts of each test row as JSON.

Reads a folder: rows.json (columns, the target day of each row, segments of rows and the rows each may learn from) and
values.f64, outcomes.f64.
"""

import json
import sys
import time

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsforecast.models import AutoARIMA, AutoETS
from xgboost import XGBRegressor

folder = sys.argv[1]
with open(f"{folder}/rows.json") as file:
    facts = json.load(file)
values = np.fromfile(f"{folder}/values.f64").reshape(-1, facts["columns"])
logs = np.log1p(np.fromfile(f"{folder}/outcomes.f64"))


def clipped(training, rows):
    """Winsorised at half a percent, as the comparison this stands beside did; without columns that say nothing."""
    told = np.nanmin(training, axis=0) < np.nanmax(training, axis=0)
    training, rows = training[:, told], rows[:, told]
    low, high = np.nanpercentile(training, [0.5, 99.5], axis=0)
    return np.clip(training, low, high), np.clip(rows, low, high)


LEARNERS = {
    "ridge": lambda: make_pipeline(
        SimpleImputer(keep_empty_features=True), StandardScaler(), RidgeCV(np.logspace(0, 4, 9))
    ),
    "hist gradient boosting, L1": lambda: HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=250,
        learning_rate=0.04,
        max_leaf_nodes=8,
        min_samples_leaf=25,
        early_stopping=False,
        random_state=1,
    ),
    "extra trees": lambda: make_pipeline(
        SimpleImputer(keep_empty_features=True),
        ExtraTreesRegressor(200, min_samples_leaf=5, max_features=0.4, n_jobs=-1, random_state=1),
    ),
    "XGBoost": lambda: XGBRegressor(
        n_estimators=300,
        learning_rate=0.04,
        max_depth=4,
        min_child_weight=10,
        subsample=0.7,
        colsample_bytree=0.4,
        n_jobs=1,
        random_state=1,
    ),
}

answer = {}
for name, make in LEARNERS.items():
    started = time.process_time()
    said = []
    for segment in facts["segments"]:
        known = segment["known"]
        training, rows = clipped(values[:known], values[segment["start"] : segment["end"]])
        said.extend(make().fit(training, logs[:known]).predict(rows).tolist())
    answer[name] = {"logs": said, "cpu": time.process_time() - started}


def calendar():
    """The log outcome of every day, gaps filled with the last one, and the first day."""
    days = np.array(facts["targetDays"])
    series = np.full(days[-1] - days[0] + 1, np.nan)
    series[days - days[0]] = logs
    last = np.maximum.accumulate(np.where(np.isnan(series), 0, np.arange(len(series))))
    return series[last], days - days[0]


SERIES_MODELS = {
    "statsforecast AutoARIMA, logs": lambda: AutoARIMA(season_length=1),
    "statsforecast AutoETS, logs": lambda: AutoETS(season_length=1),
}
series, places = calendar()
for name, make in SERIES_MODELS.items():
    started = time.process_time()
    said = []
    for segment in facts["segments"]:
        fitted = make().fit(series[: places[segment["known"] - 1] + 1])
        for row in range(segment["start"], segment["end"]):
            said.append(float(fitted.forward(y=series[: places[row]], h=1)["mean"][0]))
    answer[name] = {"logs": said, "cpu": time.process_time() - started}
print(json.dumps(answer))
