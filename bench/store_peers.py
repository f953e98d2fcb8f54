"""The same days in DuckDB and Parquet: `fill FOLDER STATIONS` writes them, `read-KIND FOLDER STATION` reads one station."""

import json
import sys
import time

step, folder = sys.argv[1:3]
TEN_YEARS = 3653
# As store-rows.mts makes them.
ROWS = """
select 'station-' || lpad(s::varchar, 5, '0') as station,
  strftime(date '2016-01-01' + d::integer, '%Y-%m-%d') as day,
  (16801 + d) * 86400000 - 28800000 as day_start, 'Asia/Shanghai' as time_zone,
  (20 + (s * 7 + d * 13) % 180)::integer as pm25, pm25 - 5 as pm10,
  case when d % 7 = 0 then null else pm25 >> 1 end as o3, pm25 >> 2 as no2, pm25 >> 4 as so2, pm25 >> 3 as co,
  pm25 as aqi, 24 as hours, 'final' as status, 'csv' as origin, 'sub-index' as unit, 'us-epa-2015' as scale,
  day_start + 86400000 as known_at
from range({first}, {last}) stations(s), range(3653) days(d) order by s, d
"""


def fill(stations: int) -> dict[str, float]:
    import duckdb

    seconds = {}
    made = duckdb.connect()
    started = time.perf_counter()
    made.execute(f"copy ({ROWS.format(first=0, last=stations)}) to '{folder}/daily.parquet' (format parquet)")
    seconds["parquet, all at once"] = time.perf_counter() - started
    with duckdb.connect(f"{folder}/daily.duckdb") as db:
        db.execute(f"create table daily as {ROWS.format(first=0, last=0)}")
        db.execute("alter table daily add primary key (station, day)")
        started = time.perf_counter()
        for first in range(0, stations, 10):
            # The rows come from outside, as those of a program do.
            batch = made.execute(ROWS.format(first=first, last=first + 10)).to_arrow_table()
            db.execute("insert or replace into daily select * from batch")
        seconds["duckdb, upserts"] = time.perf_counter() - started
    return seconds


def read(station: str) -> int:
    if step == "read-duckdb":
        import duckdb

        with duckdb.connect(f"{folder}/daily.duckdb", read_only=True) as db:
            return len(db.execute("select * from daily where station = ? order by day", [station]).fetchall())
    if step == "read-duckdb-parquet":
        import duckdb

        query = f"select * from '{folder}/daily.parquet' where station = ? order by day"
        return len(duckdb.connect().execute(query, [station]).fetchall())
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(f"{folder}/daily.parquet", filters=[("station", "=", station)])
    return len(table.to_pylist())


if step == "fill":
    print(json.dumps(fill(int(sys.argv[3]))))
else:
    found = read(sys.argv[3])
    if found != TEN_YEARS:
        sys.exit(f"{step} found {found} rows")
