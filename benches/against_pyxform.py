"""Times `doorstep check` against pyxform on the same form: 5,000 questions, 50,000 choices.

    cargo build --release
    python3 -m venv venv && venv/bin/pip install pyxform openpyxl
    venv/bin/python benches/against_pyxform.py target/release/doorstep

Both programs run as whole processes, in turn, three times each; the least time of each counts.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

QUESTIONS = 5_000
PLACES = 50_000
REGIONS = 100


def question(n):
    """Type, label, constraint, filter, relevance of question n, as XLSForm writes them."""
    kind = n % 5
    if kind == 0:
        return "text", f"What about number {n}?", "", "", ""
    if kind == 1:
        return "integer", "How many?", ". >= 0 and . <= 120", "", ""
    if kind == 2:
        return "select_one regions", "Which region?", "", "", ""
    if kind == 3:
        return "select_one places", "Which place?", "", f"region = ${{q{n - 1}}}", ""
    relevant = f"${{q{n - 3}}} >= 18 and ${{q{n - 5}}} = 'yes'" if n > 5 else ""
    return "select_one yes_no", "Is it so?", "", "", relevant


def write_xlsform(path):
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    survey.append(["type", "name", "label", "constraint", "choice_filter", "relevant"])
    for n in range(QUESTIONS):
        kind, label, constraint, choice_filter, relevant = question(n)
        survey.append([kind, f"q{n}", label, constraint, choice_filter, relevant])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label", "region"])
    choices.append(["yes_no", "yes", "Yes", ""])
    choices.append(["yes_no", "no", "No", ""])
    for n in range(REGIONS):
        choices.append(["regions", f"r{n}", f"Region {n}", ""])
    for n in range(PLACES):
        choices.append(["places", f"p{n}", f"Place {n}", f"r{n % REGIONS}"])
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id"])
    settings.append(["Large", "large"])
    book.save(path)


def write_doorstep(folder):
    lines = [
        "format = 1",
        'id = "large"',
        'version = "1"',
        'language = "en"',
        'title = "Large"',
        "[lists.yes_no]",
        'choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "No" }]',
        "[lists.regions]",
        "choices = [",
    ]
    lines += [f'  {{ name = "r{n}", code = {n}, label = "Region {n}" }},' for n in range(REGIONS)]
    lines += ["]", "[lists.places]", 'file = "places.csv"']
    for n in range(QUESTIONS):
        if n % 100 == 0:
            lines += ["[[sections]]", f'name = "part{n}"', f'label = "Part {n}"']
        kind, label, constraint, choice_filter, relevant = question(n)
        kind, _, name = kind.partition(" ")
        lines += ["[[sections.questions]]", f'name = "q{n}"', f'type = "{kind}"', f'label = "{label}"']
        for key, value in [
            ("list", name),
            ("constraint", constraint),
            ("choice_filter", choice_filter),
            ("relevant", relevant),
        ]:
            if value:
                lines.append(f'{key} = "{value}"')
    (folder / "questionnaire.toml").write_text("\n".join(lines) + "\n")
    rows = [f"p{n},{n},Place {n},r{n % REGIONS}" for n in range(PLACES)]
    (folder / "places.csv").write_text("name,code,label,region\n" + "\n".join(rows) + "\n")


def least(command):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        times.append(time.perf_counter() - start)
        if done.returncode != 0:
            sys.exit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    return min(times)


def main():
    doorstep = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_doorstep(folder)
        write_xlsform(folder / "large.xlsx")
        ours = least([doorstep, "check", str(folder)])
        xform = str(folder / "large.xml")
        theirs = least([sys.executable, "-m", "pyxform.xls2xform", "--skip_validate", str(folder / "large.xlsx"), xform])
        print(f"doorstep check {ours:.2f} s, pyxform {theirs:.2f} s: {theirs / ours:.1f} times")


if __name__ == "__main__":
    main()
