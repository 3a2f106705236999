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


def xlsx(path):
    import openpyxl

    def cell_of(cell):
        is_day = isinstance(cell.value, datetime.datetime) and "h" not in cell.number_format
        return plain(cell.value.date() if is_day else cell.value)

    book = openpyxl.load_workbook(path)
    return {
        "sheets": [
            {
                "name": sheet.title,
                "rows": [[cell_of(cell) for cell in row] for row in sheet.iter_rows()],
                "formulas": [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"],
                "frozen": sheet.freeze_panes,
                "filter": sheet.auto_filter.ref,
                "mirrored": bool(sheet.sheet_view.rightToLeft),
            }
            for sheet in book.worksheets
        ]
    }


def parquet(path):
    """A folder of folders by round."""
    import glob

    import pyarrow.dataset
    import pyarrow.parquet

    table = pyarrow.dataset.dataset(path, partitioning="hive").to_table()
    first = pyarrow.parquet.ParquetFile(sorted(glob.glob(path + "/*/*.parquet"))[0])
    group = first.metadata.row_group(0) if first.metadata.num_row_groups else None
    columns = [group.column(place) for place in range(group.num_columns)] if group else []
    return {
        "columns": {name: [plain(cell) for cell in table[name].to_pylist()] for name in table.column_names},
        "types": {field.name: str(field.type) for field in table.schema},
        "metadata": json.loads(first.metadata.metadata[b"doorstep"]),
        "compression": sorted({column.compression for column in columns}),
        "dictionaries": [column.path_in_schema for column in columns if column.has_dictionary_page],
    }


READERS = {"sav": sav, "dta": dta, "xlsx": xlsx, "parquet": parquet}

if __name__ == "__main__":
    kind, path = sys.argv[1:]
    json.dump(READERS[kind](path), sys.stdout, ensure_ascii=False, default=str)
