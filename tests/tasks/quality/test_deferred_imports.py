"""What is imported later is there when it is asked for, and nobody else notices."""

import subprocess
import sys

import pytest

GREAT = """
import sys
from tasks.quality.validate import great_expectations
gx = great_expectations()
put_off = {"scipy.stats", "altair"}
put_off |= {"boto3", "sqlalchemy"}
assert not put_off & sys.modules.keys(), put_off & sys.modules.keys()
"""
STATISTICS = """
import pandas as pd
given = {"values": ["a", "b"], "weights": [0.5, 0.5]}
batch = gx.get_context(mode="ephemeral").data_sources.add_pandas("x").add_dataframe_asset("x")
batch = batch.add_batch_definition_whole_dataframe("x").get_batch(
    {"dataframe": pd.DataFrame({"letter": ["a", "b", "a", "b"]})}
)
found = batch.validate(gx.expectations.ExpectColumnKLDivergenceToBeLessThan(
    column="letter", partition_object=given, threshold=0.1
))
assert found.success, found
assert "scipy.stats" in sys.modules
"""
ELSEWHERE = """
import altair
import scipy.stats.distributions
from scipy.stats import norm
import sqlalchemy
assert sqlalchemy.select(sqlalchemy.literal(1)) is not None
assert type(altair).__name__ == type(scipy.stats).__name__ == "module"
assert norm.cdf(0) == 0.5
"""
ALREADY = """
import json, sys
from tasks.quality.deferred_imports import imported_later
with imported_later("json", "wave"):
    import wave
    from wave import Error
    assert sys.modules["json"] is json
    assert wave is not sys.modules["wave"], "it was asked for something"
    assert Error is sys.modules["wave"].Error is wave.Error
"""
WITHOUT_PANDAS = """
import sys
import pyarrow as pa
from flows.cli import add_commands, app
add_commands()
app(["snapshots", "--json"], standalone_mode=False)
assert pa.array([1]).to_pylist() == [1]
assert "pandas" not in sys.modules
frame = pa.table({"a": ["x", None]}).to_pandas()
assert "pandas" in sys.modules
import pandas as pd
assert pa.array(frame["a"]).to_pylist() == ["x", None]
assert pa.Table.from_pandas(pd.DataFrame({"a": [1]})).num_rows == 1
"""
WITH_PANDAS = """
import pandas as pd
from flows.cli import add_commands, app
add_commands()
app(["snapshots", "--json"], standalone_mode=False)
import pyarrow as pa
assert pa.array(pd.Series(["x", None])).to_pylist() == ["x", None]
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(GREAT + STATISTICS, id="great expectations finds its statistics"),
        pytest.param(GREAT + ELSEWHERE, id="others import the real ones"),
        pytest.param(ALREADY, id="what is there already stays"),
        pytest.param(WITHOUT_PANDAS, id="arrow finds pandas when a frame is asked for"),
        pytest.param(WITH_PANDAS, id="arrow knows pandas that is there already"),
    ],
)
def test_what_is_put_off_is_there_when_it_is_needed(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
