"""MTConnect's documents of several versions and shapes, written by hand; and what is no document."""

from __future__ import annotations

import random

import pytest

from drivers.mtconnect.documents import Document, DocumentReader, WrongDocument

PROBE_1_2 = """<?xml version="1.0" encoding="UTF-8"?>
<MTConnectDevices xmlns:m="urn:mtconnect.org:MTConnectDevices:1.2" xmlns="urn:mtconnect.org:MTConnectDevices:1.2">
  <Header creationTime="2013-03-01T10:00:00+00:00" sender="a" instanceId="1362131" bufferSize="131072" version="1.2"/>
  <Devices><Device uuid="u1" name="VMC" id="d1" sampleInterval="10">
    <Description manufacturer="X">A mill &amp; more</Description>
    <DataItems><DataItem type="AVAILABILITY" category="EVENT" id="av" name="avail"/></DataItems>
    <Components><Axes name="base" id="a1"><Components>
      <Linear name="X" id="x1"><DataItems>
        <DataItem type="POSITION" subType="ACTUAL" id="x2" category="SAMPLE" name="Xact" units="MILLIMETER"
                  nativeUnits="INCH"><Source component="x">Xpos</Source></DataItem>
        <DataItem type="POSITION" id="x3" category="CONDITION"/>
      </DataItems></Linear></Components></Axes></Components></Device></Devices>
</MTConnectDevices>"""

STREAMS_1_3 = """<?xml version="1.0"?>
<mt:MTConnectStreams xmlns:mt="urn:mtconnect.org:MTConnectStreams:1.3" xmlns:x="urn:vendor:1.3">
<mt:Header instanceId="42" version="1.3.0.17" bufferSize="8" firstSequence="3" lastSequence="10" nextSequence="11"/>
<mt:Streams><mt:DeviceStream name="VMC" uuid="u1">
 <mt:ComponentStream component="Linear" name="X" componentId="x1">
  <mt:Samples><mt:Position dataItemId="x2" name="Xact" sequence="9" subType="ACTUAL"
     timestamp="2013-03-01T10:00:00.1234567Z">1.5</mt:Position>
   <x:Wobble dataItemId="w" sequence="10" timestamp="2013-03-01T10:00:00Z"><![CDATA[2.5]]></x:Wobble></mt:Samples>
  <mt:Condition><mt:Fault dataItemId="x3" sequence="8" timestamp="2013-03-01T10:00:00Z" type="POSITION"
     nativeCode="201" qualifier="HIGH">Over &lt;travel&gt;</mt:Fault></mt:Condition>
 </mt:ComponentStream></mt:DeviceStream></mt:Streams></mt:MTConnectStreams>"""

STREAMS_1_8 = """<MTConnectStreams xmlns="urn:mtconnect.org:MTConnectStreams:1.8">
<Header instanceId="5" version="1.8.0.3" bufferSize="8" firstSequence="1" lastSequence="4" nextSequence="5"
  deviceModelChangeTime="2020-01-01T00:00:00Z"/>
<Streams><DeviceStream name="P" uuid="p"><ComponentStream component="Controller" name="c" componentId="c1">
<Events><VariableDataSet dataItemId="v" sequence="2" timestamp="2020-01-01T00:00:00Z" count="2"
  resetTriggered="MANUAL"><Entry key="tool">4</Entry><Entry key="old" removed="true"/></VariableDataSet>
<WorkOffsetTable dataItemId="t" sequence="3" timestamp="2020-01-01T00:00:00Z" count="1"><Entry key="G54">
  <Cell key="X">1</Cell><Cell key="Y">2</Cell></Entry></WorkOffsetTable></Events>
<Samples><TemperatureTimeSeries dataItemId="s" sequence="4" timestamp="2020-01-01T00:00:01Z" sampleCount="2"
  sampleRate="2">20.5 20.6</TemperatureTimeSeries></Samples>
</ComponentStream></DeviceStream></Streams></MTConnectStreams>"""

PROBE_2_0 = """<MTConnectDevices xmlns="urn:mtconnect.org:MTConnectDevices:2.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:mtconnect.org:MTConnectDevices:2.0 x.xsd">
<Header instanceId="77" version="2.0.0.12" bufferSize="131072" assetCount="0" testIndicator="false"/>
<Devices><Agent id="agent_1" name="Agent" uuid="a" mtconnectVersion="2.0"><DataItems>
 <DataItem category="EVENT" id="agent_avail" type="AVAILABILITY"/></DataItems></Agent>
<Device id="d" name="M" uuid="u"><Compositions/><Configuration><Specifications/></Configuration><Components>
 <Systems id="s"><Components><Electric id="e"><DataItems>
  <DataItem category="SAMPLE" id="volt" type="VOLTAGE_AC" units="VOLT" discrete="false"><Filters/>
   <Relationships/></DataItem></DataItems></Electric></Components></Systems></Components></Device></Devices>
</MTConnectDevices>"""

ERROR_1_1 = """<MTConnectError xmlns="urn:mtconnect.org:MTConnectError:1.1"><Header instanceId="1" version="1.1"/>
<Error errorCode="OUT_OF_RANGE">'from' must be</Error></MTConnectError>"""
ERROR_2_5 = """<MTConnectError xmlns="urn:mtconnect.org:MTConnectError:2.5"><Header instanceId="1" version="2.5"/>
<Errors><OutOfRange errorCode="OUT_OF_RANGE" request="sample"><ErrorMessage>too old</ErrorMessage></OutOfRange></Errors>
</MTConnectError>"""


def read(text: str | bytes, size: int = 7) -> Document:
    content = text.encode("utf-8") if isinstance(text, str) else text
    reader = DocumentReader()
    for start in range(0, len(content), size):
        reader.feed(content[start : start + size])
    return reader.close()


def test_a_probe_of_1_2() -> None:
    document = read(PROBE_1_2)
    assert (document.root, document.header.instance_id, document.header.version) == ("MTConnectDevices", 1362131, "1.2")
    assert [(item.id, item.name, item.category) for item in document.items] == [
        ("av", "avail", "EVENT"),
        ("x2", "Xact", "SAMPLE"),
        ("x3", "", "CONDITION"),
    ]
    position = document.items[1]
    assert (position.units, position.native_units, position.sub_type) == ("MILLIMETER", "INCH", "ACTUAL")
    assert [component.name for component in position.path] == ["VMC", "base", "X"]
    assert (position.device, position.device_uuid) == ("VMC", "u1")


def test_streams_of_1_3_with_prefixes() -> None:
    document = read(STREAMS_1_3)
    header = document.header
    assert (header.instance_id, header.first_sequence, header.next_sequence, header.buffer_size) == (42, 3, 11, 8)
    assert [(o.category, o.element, o.item_id, o.sequence, o.text) for o in document.observations] == [
        ("SAMPLE", "Position", "x2", 9, "1.5"),
        ("SAMPLE", "Wobble", "w", 10, "2.5"),
        ("CONDITION", "Fault", "x3", 8, "Over <travel>"),
    ]
    assert document.observations[2].attributes["nativeCode"] == "201"


def test_sets_tables_and_series_of_1_8() -> None:
    variables, offsets, series = read(STREAMS_1_8).observations
    assert variables.entries == (("tool", "4"), ("old", None))
    assert variables.attributes["resetTriggered"] == "MANUAL"
    assert [key for key, _ in offsets.entries] == ["G54"]
    assert (series.element, series.text, series.attributes["sampleRate"]) == ("TemperatureTimeSeries", "20.5 20.6", "2")


def test_a_probe_of_2_0_with_the_agent_as_a_device() -> None:
    items = read(PROBE_2_0).items
    assert [(item.id, item.device) for item in items] == [("agent_avail", "Agent"), ("volt", "M")]
    assert [component.id for component in items[1].path] == ["d", "s", "e"]
    assert [component.name for component in items[1].path] == ["M", "Systems", "Electric"]


@pytest.mark.parametrize(("text", "words"), [(ERROR_1_1, "'from' must be"), (ERROR_2_5, "too old")])
def test_errors_of_old_and_new_agents(text: str, words: str) -> None:
    assert read(text).errors == [("OUT_OF_RANGE", words)]


@pytest.mark.parametrize("text", [PROBE_1_2, STREAMS_1_3, STREAMS_1_8, PROBE_2_0])
def test_a_document_is_the_same_in_any_pieces(text: str) -> None:
    whole = read(text, len(text))
    assert read(text, 1) == whole
    assert read(text.encode("utf-16"), 3) == whole if "encoding" not in text else True


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no XML"),
        ("<html></html>", "<html>"),
        (STREAMS_1_3[:-30], "no XML"),
        (STREAMS_1_3.replace('sequence="9"', 'sequence="nine"'), 'sequence "nine"'),
        (STREAMS_1_3.replace('nextSequence="11"', 'nextSequence="-1"'), 'nextSequence="-1"'),
        ('<!DOCTYPE a SYSTEM "http://h/x.dtd"><MTConnectStreams/>', "document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><MTConnectStreams>&b;</MTConnectStreams>', "document type"),
        ("<MTConnectStreams>&b;</MTConnectStreams>", "no XML"),
        ("<MTConnectStreams>" + "<a>" * 100, "deeper than"),
        ("<MTConnectStreams>" + "<a/>" * 100_001, "over 100000 elements"),
        ('<?xml version="1.0" encoding="klingon"?><MTConnectStreams/>', "no (readable )?XML"),
        (b"\xff\xfe\x00\xd8", "no XML"),
        (b'<?xml version="1.0" encoding="UTF-8"?><MTConnectStreams>\xc3\x28</MTConnectStreams>', "no XML"),
    ],
)
def test_what_is_no_document(text: str | bytes, says: str) -> None:
    with pytest.raises(WrongDocument, match=says):
        read(text, 4096)


def test_a_value_and_a_document_have_a_largest_size() -> None:
    begin = STREAMS_1_3[: STREAMS_1_3.index("1.5</mt")]
    with pytest.raises(WrongDocument, match="characters"):
        read(begin + "1" * 1_100_000, 65536)
    with pytest.raises(WrongDocument, match="bytes"):
        read("<MTConnectStreams>" + " " * 16_800_000, 65536)


def test_corrupted_documents_raise_nothing_but_wrong_document() -> None:
    """Whatever one byte becomes: a document, or WrongDocument."""
    chance = random.Random(5)
    content = STREAMS_1_8.encode("utf-8")
    refused = 0
    for _ in range(400):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            read(bytes(changed), 512)
        except WrongDocument:
            refused += 1
    assert refused > 100
