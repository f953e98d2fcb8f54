"""The official client of MLflow, step by step. Each step ends in one line of JSON on standard output."""

import json
import logging
import os
import sys
import tempfile
import warnings

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.models import Model

URL = os.environ["URL"]
OURS = os.environ["OURS"]
client = MlflowClient(tracking_uri=URL, registry_uri=URL)
mlflow.set_tracking_uri(URL)
mlflow.set_registry_uri(URL)


def refused(call):
    try:
        call()
    except MlflowException as error:
        return error.error_code
    return "not refused"


def tracking():
    experiment = client.create_experiment("by client", tags={"of": "client"})
    run = client.create_run(experiment, start_time=1000, run_name="first")
    run_id = run.info.run_id
    client.log_batch(
        run_id,
        metrics=[Metric("mae", 3.0, 1, 0), Metric("mae", 2.5, 2, 1), Metric("nan", float("nan"), 1, 0)],
        params=[Param("depth", "4")],
        tags=[RunTag("kind", "test")],
    )
    client.set_terminated(run_id, end_time=2000)
    seen = client.get_run(run_id)
    return run_id, {
        "experiment": client.get_experiment_by_name("by client").tags["of"],
        "status": seen.info.status,
        "name": seen.info.run_name,
        "mae": seen.data.metrics["mae"],
        "nan": str(seen.data.metrics["nan"]),
        "history": [(metric.step, metric.value) for metric in client.get_metric_history(run_id, "mae")],
        "params": seen.data.params,
        "kind": seen.data.tags["kind"],
        "found": [run.info.run_name for run in client.search_runs([experiment], "tags.kind = 'test'")],
        "not found": len(client.search_runs([experiment], "tags.kind = 'other'")),
    }


def artifacts(run_id):
    client.log_text(run_id, "hello", "model/notes/a.txt")
    client.log_dict(run_id, {"a": 1}, "model/b.json")
    with open(client.download_artifacts(run_id, "model/notes/a.txt", tempfile.mkdtemp())) as file:
        text = file.read()
    return {
        "text": text,
        "listed": [(file.path, file.is_dir, file.file_size) for file in client.list_artifacts(run_id, "model")],
        "absent": refused(lambda: client.download_artifacts(run_id, "none.txt", tempfile.mkdtemp())) != "not refused",
    }


def registry(run_id):
    source = client.get_run(run_id).info.artifact_uri + "/model"
    client.create_registered_model("theirs", tags={"a": "1"}, description="Of the client.")
    made = client.create_model_version("theirs", source, run_id, tags={"semver": "0.1.0"}, description="one")
    again = client.create_model_version("theirs", source, run_id)
    client.set_registered_model_alias("theirs", "champion", made.version)
    client.set_model_version_tag("theirs", made.version, "note", "x")
    client.set_registered_model_tag("theirs", "b", "2")
    client.delete_registered_model_tag("theirs", "a")
    holder = client.get_model_version_by_alias("theirs", "champion")
    client.set_registered_model_alias("theirs", "champion", again.version)
    moved = client.get_registered_model("theirs")
    client.delete_model_version("theirs", again.version)
    client.update_model_version("theirs", made.version, "changed")
    return {
        "status": made.status,
        "versions": [made.version, again.version],
        "holder": [holder.version, holder.tags, list(holder.aliases)],
        "moved": [moved.aliases, moved.tags, moved.description],
        "after delete": client.get_registered_model("theirs").aliases,
        "found": [
            [version.version, version.description] for version in client.search_model_versions("name = 'theirs'")
        ],
        "by tag": len(client.search_model_versions("tags.semver = '0.1.0' and name = 'theirs'")),
        "models": [model.name for model in client.search_registered_models("name LIKE 'their%'")],
    }


def refusals(run_id):
    source = client.get_run(run_id).info.artifact_uri
    return {
        "experiment twice": refused(lambda: client.create_experiment("by client")),
        "no run": refused(lambda: client.get_run("0" * 32)),
        "param changed": refused(lambda: client.log_batch(run_id, params=[Param("depth", "5")])),
        "model twice": refused(lambda: client.create_registered_model("theirs")),
        "no model": refused(lambda: client.get_registered_model("nobody's")),
        "no version": refused(lambda: client.get_model_version("theirs", "99")),
        "no alias": refused(lambda: client.get_model_version_by_alias("theirs", "nobody")),
        "no model for alias": refused(lambda: client.get_model_version_by_alias("nobody", "nobody")),
        "alias v1": refused(lambda: client.set_registered_model_alias("theirs", "v1", "1")),
        "source of no run": refused(lambda: client.create_model_version("theirs", source)),
        "source on disk": refused(lambda: client.create_model_version("theirs", "/etc", run_id)),
        "filter": refused(lambda: client.search_model_versions("nonsense")),
    }


def ours():
    """What our adapter published and promoted, read as any user of MLflow would."""
    version = client.get_model_version_by_alias(OURS, "production")
    folder = mlflow.artifacts.download_artifacts(f"models:/{OURS}@production", dst_path=tempfile.mkdtemp())
    model = Model.load(folder)
    with open(os.path.join(folder, "manifest.json")) as file:
        manifest = json.load(file)
    run = client.get_run(version.run_id)
    return {
        "semver": version.tags["semver"],
        "digest": version.tags["content_sha256"] == manifest["contentSha256"],
        "flavors": model.flavors,
        "inputs": model.signature.inputs.to_dict(),
        "outputs": model.signature.outputs.to_dict(),
        "metadata": model.metadata,
        "run": model.run_id == version.run_id,
        "files": sorted(os.listdir(folder)),
        "params": run.data.params,
        "metrics": run.data.metrics,
        "steps": len(client.get_metric_history(version.run_id, "backtest/forecast")),
        "rows": run.inputs.dataset_inputs[0].dataset.digest,
        "commit": run.data.tags["mlflow.source.git.commit"],
    }


def say(step, value):
    print(json.dumps({"step": step, "value": value}, sort_keys=True))
    sys.stdout.flush()


run_id, seen = tracking()
say("tracking", seen)
say("artifacts", artifacts(run_id))
say("registry", registry(run_id))
say("refusals", refusals(run_id))
say("ours", ours())
