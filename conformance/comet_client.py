"""What Comet's own Python client sees of a server, one line of JSON a step. URL, KEY, MODEL come from the environment."""

import hashlib
import json
import os
import tempfile

os.environ["COMET_URL_OVERRIDE"] = os.environ["URL"] + "/clientlib/"
os.environ["COMET_LOGGING_CONSOLE"] = "ERROR"
import comet_ml  # noqa: E402

key, model, workspace = os.environ["KEY"], os.environ["MODEL"], "airq"
api = comet_ml.API(api_key=key, cache=False)


def step(name, value):
    print(json.dumps({"step": name, "value": value}), flush=True)


def digests(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def current(values):
    return {value["name"]: value["valueCurrent"] for value in values}


step("workspaces", api.get_workspaces())
step("projects", api.get(workspace))
step("registry models", api.get_registry_model_names(workspace))
step("registry count", api.get_registry_model_count(workspace))
step("versions", api.get_registry_model_versions(workspace, model))
details = api.get_registry_model_details(workspace, model)
step("stages", {version["version"]: version["stages"] for version in details["versions"]})
for how in ({"version": "1.0.0"}, {"stage": "production"}):
    folder = tempfile.mkdtemp()
    api.download_registry_model(workspace, model, output_path=folder, expand=True, **how)
    step("download by " + next(iter(how)), digests(folder))

experiment = next(e for e in api.get_experiments(workspace, "aqi") if "1.1.0" in e.get_metadata()["experimentName"])
metadata = experiment.get_metadata()
step("times", [metadata["startTimeMillis"], metadata["endTimeMillis"], metadata["running"]])
step("parameters", current(experiment.get_parameters_summary()))
step("metrics", current(experiment.get_metrics_summary()))
step("backtest", [[m["step"], m["metricValue"]] for m in experiment.get_metrics("backtest_forecast")])
step("others", current(experiment.get_others_summary()))
step("tags", experiment.get_tags())
step("git", experiment.get_git_metadata())
step("assets", sorted(asset["fileName"] for asset in experiment.get_asset_list()))
step("models of the run", experiment.get_model_names())
folder = tempfile.mkdtemp()
experiment.download_model(model, output_path=folder, expand=True)
step("download of the run's model", digests(folder))

mine = comet_ml.APIExperiment(
    api_key=key, workspace=workspace, project_name="python", experiment_name="by the client"
)
mine.log_parameter("depth", 7)
mine.log_metric("mae", 1.5, step=3)
mine.log_other("from", "python")
mine.add_tag("by-hand")
mine.set_start_time(1000)
mine.set_end_time(2000)
api.update_registry_model_notes(workspace, model, "seen")
step("notes", api.get_registry_model_notes(workspace, model))
