"""The official client of Hopsworks, step by step. Each step ends in one line of JSON on standard output."""

import json
import os
import sys
import tempfile
from contextlib import redirect_stdout

import hopsworks
import pandas as pd
from hopsworks_common import util
from hopsworks_common.core.dataset_api import DatasetApi
from hsfs.feature import Feature

HOST = {"host": "127.0.0.1", "port": int(os.environ["PORT"]), "project": os.environ["PROJECT"]}
LOGIN = {"engine": "python", "hostname_verification": False, "cert_folder": tempfile.mkdtemp()}


def repair_upload():
    """The client's insert by ingestion stops before its first upload request: it hands over a feature group where
    the name of a file belongs. That one argument is put right; everything else is the client's own."""
    flow = DatasetApi._get_flow_base_params

    def with_name(self, name, *rest):
        return flow(self, name if isinstance(name, str) else util._feature_group_name(name), *rest)

    DatasetApi._get_flow_base_params = with_name


def refused():
    try:
        hopsworks.login(api_key_value="fakePrefix.wrong", **HOST, **LOGIN)
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is to be seen
        return str(error)
    return "not refused"


def created(store):
    group = store.create_feature_group(
        name="by_client",
        version=1,
        description="Made by the official client.",
        primary_key=["station", "day"],
        event_time="day_start",
        online_enabled=True,
        statistics_config=False,
        time_travel_format="HUDI",
    )
    group.save(
        [
            Feature("station", "string", online_type="varchar(100)"),
            Feature("day", "string"),
            Feature("day_start", "bigint"),
            Feature("aqi", "int"),
        ]
    )
    return {"id": group.id, "primaryKey": group.primary_key, "precombineKey": group.hudi_precombine_key}


def inserted(store):
    repair_upload()
    group = store.get_feature_group("twin", 1)
    rows = json.loads(os.environ["ROWS"])
    frame = pd.DataFrame(rows).astype({"aqi": "Int32"})
    job, _ = group.insert(frame, write_options={"wait_for_job": True})
    commits = group.commit_details()
    return {"job": job.name, "commits": [commit["rowsInserted"] for commit in commits.values()]}


def vectors(store):
    view = store.get_feature_view("city_daily", int(os.environ["VIEW_VERSION"]))
    rest = {"host": "127.0.0.1", "port": int(os.environ["ONLINE_PORT"]), "verify_certs": False}
    view.init_serving(init_rest_client=True, init_sql_client=False, config_rest_client=rest)
    return view.get_feature_vectors(json.loads(os.environ["KEYS"]), return_type="list")


def files(project):
    api = project.get_dataset_api()
    folder = tempfile.mkdtemp()
    with open(f"{folder}/note.txt", "w", encoding="utf8") as file:
        file.write("hello")
    path = api.upload(f"{folder}/note.txt", "Resources", overwrite=True)
    listed = api.list("Resources")
    with open(api.download(path, tempfile.mkdtemp(), overwrite=True), encoding="utf8") as file:
        text = file.read()
    api.remove(path)
    return {"path": path, "listed": listed, "text": text, "left": api.list("Resources")}


def jobs(project):
    return [job.name for job in project.get_job_api().get_jobs()]


def main():
    def step(name, call, *given):
        with redirect_stdout(sys.stderr):
            value = call(*given)
        print(json.dumps({"step": name, "value": value}), flush=True)
        return value

    step("refused", refused)
    with redirect_stdout(sys.stderr):
        project = hopsworks.login(api_key_value=os.environ["API_KEY"], **HOST, **LOGIN)
        store = project.get_feature_store()
    step("login", lambda: {"project": project.name, "store": store.name})
    step("absent", lambda: store.get_feature_group("nobody_made_this", 1))
    step("created", created, store)
    step("inserted", inserted, store)
    step("vectors", vectors, store)
    step("files", files, project)
    step("jobs", jobs, project)


main()
