"""Sheets of paper: read back by another program, in every script, and never more than the machine bears."""

import io
import json
import re
import threading

import pytest
from pypdf import PdfReader

from portal.paper import press, sheets
from portal.paper.sheets import NotReady, Sheet

TEMPLATE = "paper/typst/sheet.typ"
SCRIPTS = {
    "en": "Ana missed 3 days",
    "es": "Ana faltó 3 días",
    "it": "Perché è così",
    "fa": "کارنامه",
    "ko": "한국어 학교",
    "hy": "Հայերեն դպրոց",
    "ru": "Школьный табель",
    "fil": "Mag-aarál",
    "vi": "Tiếng Việt trường học",
    "zh-hant": "學校成績單",
    "zh-hans": "学校成绩单",
}


@pytest.fixture
def template(tmp_path, monkeypatch):
    """template("= #data.title"): a Typst file that uses what all sheets share."""

    def made(text: str, name: str = "made.typ") -> str:
        path = press.PORTAL / "paper" / "typst" / f"test_{tmp_path.name}_{name}"
        path.write_text('#import "/paper/typst/sheet.typ": *\n#show: sheet\n' + text)
        files.append(path)
        return str(path.relative_to(press.PORTAL))

    files = []
    yield made
    for path in files:
        path.unlink(missing_ok=True)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def test_every_language_is_set_in_one_go_and_reads_back(template):
    name = template("= #data.title\n#par(data.line)\n#listing((data.line,), ((data.line,),))")
    made = sheets.pdfs([Sheet(name, line, code, {"line": line}) for code, line in SCRIPTS.items()])
    for pdf, (code, line) in zip(made, SCRIPTS.items(), strict=True):
        reader = read(pdf)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"].value
        assert str(root["/Lang"]).startswith(code.partition("-")[0])
        assert reader.metadata.title == line
        fonts = {str(font["/BaseFont"]) for font in fonts_of(reader)}
        assert fonts, code
        assert len(set(line) - set(reader.pages[0].extract_text())) == 0 or code == "fa"


def fonts_of(reader: PdfReader) -> list:
    return [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]


def test_persian_is_set_in_naskh_and_an_id_inside_it_stays_whole(template):
    name = template("#par[#data.line #code(data.id)]")
    reader = read(sheets.pdf(Sheet(name, "کارنامه", "fa", {"line": "سلام", "id": "4821 7735"})))
    assert any("NotoNaskhArabic" in str(font["/BaseFont"]) for font in fonts_of(reader))
    assert "4821 7735" in reader.pages[0].extract_text()


def test_a_character_no_font_has_does_not_stop_the_sheet(template):
    name = template("#par(data.line)")
    reader = read(sheets.pdf(Sheet(name, "A", "en", {"line": "A rare name: 𠮷 and a smile 🙂"})))
    assert "A rare name" in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value


def test_words_of_a_parent_are_never_read_as_markup(template):
    name = template("#par(data.line)")
    line = '#read("/config/settings.py") *bold* $x$ <label> #panic()'
    text = read(sheets.pdf(Sheet(name, "A", "en", {"line": line}))).pages[0].extract_text()
    assert "#panic()" in text
    assert "*bold*" in text


@pytest.mark.parametrize(
    "text",
    [
        '#read("/../README.md")',  # outside the package
        '#import "@preview/tablex:0.0.8": *',  # the network
        "#let f(n) = f(n + 1)\n#f(0)",
        "#panic()",
    ],
)
def test_a_sheet_that_reaches_out_is_not_ready(template, text):
    with pytest.raises(NotReady):
        sheets.pdf(Sheet(template(text), "A", "en"))


def test_a_sheet_that_never_ends_is_stopped(template, monkeypatch):
    monkeypatch.setattr(press, "SECONDS", 1)
    with pytest.raises(NotReady):
        sheets.pdf(Sheet(template("#let n = 0\n#while true { n += 1; if n > 9999 { n = 0 } }"), "A", "en"))


def test_the_child_sees_no_environment_and_may_not_write_a_file(template, monkeypatch, tmp_path):
    monkeypatch.setenv("PIN_KEY", "secret")
    probe = tmp_path / "probe.py"
    probe.write_text(
        f"import sys; sys.path.insert(0, {str(press.PORTAL.parent)!r})\n"
        "import json, os\nfrom portal.paper import press\npress.shut_in()\n"
        "try:\n    with open('/tmp/paper-probe', 'w') as file: file.write('x')\n    wrote = True\nexcept OSError: wrote = False\n"
        "print(json.dumps([dict(os.environ).get('PIN_KEY'), wrote]))"
    )
    said = sheets.subprocess.run(
        [sheets.sys.executable, "-I", str(probe)], capture_output=True, env={}, check=False
    )
    assert json.loads(said.stdout) == [None, False]


def test_at_most_two_are_set_at_once_and_who_waits_too_long_is_told(template, monkeypatch):
    monkeypatch.setattr(sheets, "WAITS", 0.1)
    taken, leave = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with sheets._place():
            taken.wait()
            leave.wait()

    holders = [threading.Thread(target=hold) for _n in range(2)]
    for holder in holders:
        holder.start()
    taken.wait()
    try:
        with pytest.raises(NotReady):
            sheets.pdf(Sheet(template("= A"), "A", "en"))
    finally:
        leave.set()
        for holder in holders:
            holder.join()
    assert sheets.pdf(Sheet(template("= A"), "A", "en")).startswith(b"%PDF")


def test_the_version_follows_what_would_look_different(template):
    name = template("= #data.title")
    sheet = Sheet(name, "A", "en", {"a": 1})
    before = sheet.version
    assert before == Sheet(name, "A", "en", {"a": 1}).version
    others = [
        Sheet(name, "B", "en", {"a": 1}),
        Sheet(name, "A", "fa", {"a": 1}),
        Sheet(name, "A", "en", {"a": 2}),
    ]
    assert len({sheet.version, *(other.version for other in others)}) == 4
    template("= Another #data.title")
    assert sheet.version != before
    assert re.fullmatch(r"[0-9a-f]{64}", before)
