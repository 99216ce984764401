"""The GS1 application identifiers: their titles and what their values look like (GS1 General Specifications, section 3.2).

Those of retail, logistics and production; a national or sector identifier that is missing here is refused as unknown, not
guessed, because nothing in an element string says how long an unknown value is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# GS1 character set 82 (section 7.11): what an X value may hold
_CHARACTERS = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
_PIECE = re.compile(r"([NX])(\.\.)?(\d+)")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One application identifier. ``form`` is written as GS1 writes it: "N14", "X..20", "N13+X..17".

    ``checked`` is how many leading digits end in a check digit (0: none), ``decimals`` how many digits are behind the
    decimal point, ``is_date`` that it begins with YYMMDD.
    """

    ai: str
    title: str
    form: str
    checked: int = 0
    decimals: int | None = None
    is_date: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a whole value looks like."""
        return re.compile("".join(_piece(*found) for found in _PIECE.findall(self.form)))

    @property
    def longest(self) -> int:
        """The most characters that a value may have."""
        return sum(int(count) for _, _, count in _PIECE.findall(self.form))

    @property
    def needs_separator(self) -> bool:
        """Whether a separator must follow before the next element (section 7.8.5: all but the predefined lengths)."""
        return self.ai[:2] not in PREDEFINED_LENGTHS


def _piece(kind: str, up_to: str, count: str) -> str:
    characters = "[0-9]" if kind == "N" else _CHARACTERS
    return f"{characters}{{{'1,' if up_to else ''}{count}}}"


# the first two digits of an identifier -> identifier and value together, in characters (section 7.8.5, figure 7.8.5-2)
PREDEFINED_LENGTHS = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8, "17": 8,
    "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip

_PLAIN = (
    ("00", "SSCC", "N18", 18), ("01", "GTIN", "N14", 14), ("02", "CONTENT", "N14", 14), ("03", "MTO GTIN", "N14", 14),
    ("10", "BATCH/LOT", "X..20", 0), ("20", "VARIANT", "N2", 0), ("21", "SERIAL", "X..20", 0), ("22", "CPV", "X..20", 0),
    ("235", "TPX", "X..28", 0), ("240", "ADDITIONAL ID", "X..30", 0), ("241", "CUST. PART No.", "X..30", 0),
    ("242", "MTO VARIANT", "N..6", 0), ("243", "PCN", "X..20", 0), ("250", "SECONDARY SERIAL", "X..30", 0),
    ("251", "REF. TO SOURCE", "X..30", 0), ("253", "GDTI", "N13+X..17", 13), ("254", "GLN EXTENSION", "X..20", 0),
    ("255", "GCN", "N13+N..12", 13), ("30", "VAR. COUNT", "N..8", 0), ("37", "COUNT", "N..8", 0),
    ("400", "ORDER NUMBER", "X..30", 0), ("401", "GINC", "X..30", 0), ("402", "GSIN", "N17", 17), ("403", "ROUTE", "X..30", 0),
    ("410", "SHIP TO LOC", "N13", 13), ("411", "BILL TO", "N13", 13), ("412", "PURCHASE FROM", "N13", 13),
    ("413", "SHIP FOR LOC", "N13", 13), ("414", "LOC No.", "N13", 13), ("415", "PAY TO", "N13", 13),
    ("416", "PROD/SERV LOC", "N13", 13), ("417", "PARTY", "N13", 13), ("420", "SHIP TO POST", "X..20", 0),
    ("421", "SHIP TO POST", "N3+X..9", 0), ("422", "ORIGIN", "N3", 0), ("423", "COUNTRY - INITIAL PROCESS", "N..15", 0),
    ("424", "COUNTRY - PROCESS", "N3", 0), ("425", "COUNTRY - DISASSEMBLY", "N..15", 0),
    ("426", "COUNTRY - FULL PROCESS", "N3", 0), ("7001", "NSN", "N13", 0), ("7002", "MEAT CUT", "X..30", 0),
    ("7004", "ACTIVE POTENCY", "N..4", 0), ("7020", "REFURB LOT", "X..20", 0), ("7021", "FUNC STAT", "X..20", 0),
    ("7022", "REV STAT", "X..20", 0), ("7023", "GIAI - ASSEMBLY", "X..30", 0), ("710", "NHRN PZN", "X..20", 0),
    ("711", "NHRN CIP", "X..20", 0), ("712", "NHRN CN", "X..20", 0), ("713", "NHRN DRN", "X..20", 0),
    ("714", "NHRN AIM", "X..20", 0), ("715", "NHRN NDC", "X..20", 0), ("8001", "DIMENSIONS", "N14", 0),
    ("8002", "CMT No.", "X..20", 0), ("8003", "GRAI", "N14+X..16", 14), ("8004", "GIAI", "X..30", 0),
    ("8005", "PRICE PER UNIT", "N6", 0), ("8006", "ITIP", "N14+N2+N2", 14), ("8007", "IBAN", "X..34", 0),
    ("8010", "CPID", "X..30", 0), ("8011", "CPID SERIAL", "N..12", 0), ("8012", "VERSION", "X..20", 0),
    ("8013", "GMN", "X..25", 0), ("8017", "GSRN - PROVIDER", "N18", 18), ("8018", "GSRN - RECIPIENT", "N18", 18),
    ("8019", "SRIN", "N..10", 0), ("8020", "REF No.", "X..25", 0), ("8026", "ITIP CONTENT", "N14+N2+N2", 14),
    ("8110", "COUPON", "X..70", 0), ("8200", "PRODUCT URL", "X..70", 0), ("90", "INTERNAL", "X..30", 0),
    *((str(ai), "INTERNAL", "X..90", 0) for ai in range(91, 100)),
)  # fmt: skip

_DATES = (
    ("11", "PROD DATE", "N6"), ("12", "DUE DATE", "N6"), ("13", "PACK DATE", "N6"), ("15", "BEST BEFORE", "N6"),
    ("16", "SELL BY", "N6"), ("17", "USE BY OR EXPIRY", "N6"), ("7003", "EXPIRY TIME", "N10"),
    ("7006", "FIRST FREEZE DATE", "N6"), ("8008", "PROD TIME", "N8+N..4"),
)  # fmt: skip

# measures whose identifier's fourth digit is the number of decimals (sections 3.6 and 3.7)
_MEASURES = {
    "310": "NET WEIGHT (kg)", "311": "LENGTH (m)", "312": "WIDTH (m)", "313": "HEIGHT (m)", "314": "AREA (m2)",
    "315": "NET VOLUME (l)", "316": "NET VOLUME (m3)", "320": "NET WEIGHT (lb)", "321": "LENGTH (in)",
    "322": "LENGTH (ft)", "323": "LENGTH (yd)", "324": "WIDTH (in)", "325": "WIDTH (ft)", "326": "WIDTH (yd)",
    "327": "HEIGHT (in)", "328": "HEIGHT (ft)", "329": "HEIGHT (yd)", "330": "GROSS WEIGHT (kg)", "331": "LENGTH (m), log",
    "332": "WIDTH (m), log", "333": "HEIGHT (m), log", "334": "AREA (m2), log", "335": "VOLUME (l), log",
    "336": "VOLUME (m3), log", "337": "KG PER m2", "340": "GROSS WEIGHT (lb)", "350": "AREA (in2)", "351": "AREA (ft2)",
    "352": "AREA (yd2)", "356": "NET WEIGHT (oz)", "357": "NET VOLUME (oz)", "360": "NET VOLUME (qt)",
    "361": "NET VOLUME (gal)", "364": "VOLUME (in3)", "365": "VOLUME (ft3)", "366": "VOLUME (yd3)",
}  # fmt: skip
# amounts of money; the second of each pair begins with the currency's number (ISO 4217)
_AMOUNTS = {
    "390": ("AMOUNT", "N..15"),
    "391": ("AMOUNT", "N3+N..15"),
    "392": ("PRICE", "N..15"),
    "393": ("PRICE", "N3+N..15"),
}

IDENTIFIERS: dict[str, Identifier] = {
    **{ai: Identifier(ai, title, form, checked) for ai, title, form, checked in _PLAIN},
    **{ai: Identifier(ai, title, form, is_date=True) for ai, title, form in _DATES},
    **{
        f"{start}{decimals}": Identifier(f"{start}{decimals}", title, "N6", decimals=decimals)
        for start, title in _MEASURES.items()
        for decimals in range(6)
    },
    **{
        f"{start}{decimals}": Identifier(f"{start}{decimals}", title, form, decimals=decimals)
        for start, (title, form) in _AMOUNTS.items()
        for decimals in range(10)
    },
}
