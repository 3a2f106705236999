"""Reads a file of an export and prints what is in it as JSON, for the tests to compare."""

import datetime
import json
import math
import sys


def plain(value):
    """A cell as JSON can hold it."""
    if value is None:
        return None
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() else value
    return value if isinstance(value, (bool, int, str, list, dict)) else str(value)


def keyed(labels):
    """Labels by value, their values as text."""
    return {name: {str(plain(value)): label for value, label in of.items()} for name, of in labels.items()}


def statistics_file(read, path, user_missing=True):
    import pandas

    frame, meta = read(path, user_missing=user_missing)
    columns = {}
    for name in frame.columns:
        cells = frame[name].astype(object)
        columns[name] = [None if cell is pandas.NaT else plain(cell) for cell in cells]
    return {
        "columns": columns,
        "names": list(frame.columns),
        "labels": meta.column_names_to_labels,
        "values": keyed(meta.variable_value_labels),
        "missing": {name: [[plain(r["lo"]), plain(r["hi"])] for r in ranges]
                    for name, ranges in meta.missing_ranges.items()},
        "user_missing": meta.missing_user_values,
        "measure": meta.variable_measure,
        "formats": meta.original_variable_types,
        "title": meta.file_label,
        "notes": meta.notes,
        "encoding": meta.file_encoding,
        "sets": getattr(meta, "mr_sets", None),
    }


def sav(path):
    import pyreadstat

    return statistics_file(pyreadstat.read_sav, path)


def dta(path):
    import pyreadstat

    return statistics_file(pyreadstat.read_dta, path)


READERS = {"sav": sav, "dta": dta}

if __name__ == "__main__":
    kind, path = sys.argv[1:]
    json.dump(READERS[kind](path), sys.stdout, ensure_ascii=False, default=str)
