"""PDF files of instructions: readable pages pass; what runs, opens, asks for a password or is damaged says so."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from station_app.storage.instructions.media_files import media_fault
from station_app.storage.instructions.pdf_files import page_count, pdf_fault


def pdf(pages: int = 2, **options: Any) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=True, **options)
    for number in range(pages):
        canvas.drawString(100, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def changed(change: Any) -> bytes:
    """A good PDF after something was put into it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    change(writer)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def action(**entries: str) -> DictionaryObject:
    values = {
        NameObject(f"/{key}"): NameObject(v) if v.startswith("/") else TextStringObject(v) for key, v in entries.items()
    }
    return DictionaryObject(values)


def test_a_pdf_with_pages_is_accepted() -> None:
    for content in (pdf(), pdf(1, pageCompression=1), changed(lambda _writer: None)):
        assert media_fault(content, "application/pdf") is None
    assert page_count(pdf(3)) == 3
    assert pdf_fault(pdf() + b"\r\n\n") is None


def _open_action(**entries: str) -> Any:
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): action(**entries)})


def _script(writer: PdfWriter) -> None:
    script = writer._add_object(action(S="/JavaScript", JS="app.alert(1)"))
    tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
    names = DictionaryObject({NameObject("/JavaScript"): writer._add_object(tree)})
    writer.root_object[NameObject("/Names")] = names


def _annotation(writer: PdfWriter) -> None:
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action(S="/GoToR", F="x")})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (_script, "/JavaScript"),
        (_open_action(S="/JavaScript", JS="app.alert(1)"), "/JS"),
        (_open_action(S="/Launch", F="cmd.exe"), "/Launch"),
        (_open_action(S="/SubmitForm"), "/SubmitForm"),
        (_annotation, "/GoToR"),
        (lambda writer: writer.add_attachment("x.exe", b"MZ"), "/EmbeddedFile"),
    ],
)
def test_what_runs_or_opens_is_refused(change: Any, word: str) -> None:
    fault = pdf_fault(changed(change))
    assert fault is not None
    assert "runs or opens another file" in fault
    assert word in fault or word == "/JavaScript"


def test_what_runs_is_found_in_compressed_objects_too() -> None:
    """PDF 1.5 packs objects into compressed streams, where no search of the bytes finds them."""
    numbers = [b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>", b"<< /S /Launch /F (cmd.exe) >>"]
    offsets = [0, len(numbers[0]) + 1]
    head = f"1 {offsets[0]} 4 {offsets[1]} ".encode()
    packed = zlib.compress(head + b" ".join(numbers))
    parts = {
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        5: b"<< /Type /ObjStm /N 2 /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(head), len(packed), packed),
    }
    content, places = b"%PDF-1.5\n", {}
    for number, body in parts.items():
        places[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [
        (0, 0, 255),
        (2, 5, 0),
        (1, places[2], 0),
        (1, places[3], 0),
        (2, 5, 1),
        (1, places[5], 0),
        (1, len(content), 0),
    ]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    start = len(content)
    content += (
        b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (
            len(table),
            table,
        )
    )
    content += b"startxref\n%d\n%%%%EOF\n" % start
    assert len(PdfReader(io.BytesIO(content)).pages) == 1
    assert b"/Launch" not in content
    assert "/Launch" in str(pdf_fault(content))


def test_names_written_in_disguise_are_found() -> None:
    """A name may be written with hexadecimal escapes."""
    plain = changed(_open_action(S="/Launch", F="cmd.exe"))
    at = plain.rindex(b"/Launch")
    assert pdf_fault(plain[:at] + b"/Lau#6ech" + plain[at + 7 :]) is not None


def test_a_password_is_refused() -> None:
    assert pdf_fault(pdf(encrypt=StandardEncryption("secret"))) == "the PDF file asks for a password"
    assert "password" in str(pdf_fault(pdf(encrypt=StandardEncryption("", ownerPassword="owner"))))


def test_what_is_no_pdf_is_told() -> None:
    for content in (b"GIF89a", b"\n%PDF-1.4", b"MZ" + pdf()):
        assert pdf_fault(content) == "it is not a PDF file, whatever its name says"


def test_truncations_and_files_in_disguise_are_refused() -> None:
    whole = pdf().rstrip()
    for length in range(0, len(whole), 7):
        assert pdf_fault(whole[:length]) is not None, length
    assert pdf_fault(whole[:-1]) is not None
    for appended in (b"PK\x03\x04" + bytes(30), b"<script>", b"MZ"):
        assert "something else follow it" in str(pdf_fault(whole + appended))


def test_a_pdf_without_a_page_is_refused() -> None:
    stream = io.BytesIO()
    PdfWriter().write(stream)
    assert pdf_fault(stream.getvalue()) is not None


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_bytes_break_the_check(data: st.DataObject) -> None:
    raw = bytearray(pdf())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(8, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(pdf_fault(bytes(raw)), str | None)
