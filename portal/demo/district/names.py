"""Invented names, addresses and phones, in the shapes that break search, sorting and printing."""

import unicodedata
from dataclasses import dataclass
from random import Random

from portal.demo.district.people import Address


@dataclass(frozen=True)
class Culture:
    """Names that go together, and the languages such families ask to be written to in."""

    share: int  # families in a hundred
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    languages: tuple[str, ...]  # equally likely


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CULTURES = (
    Culture(
        54,
        _words("Valeria Camila Sofía Ximena Daniela Itzel Renata Guadalupe Marisa Paloma Yesenia Araceli Lucía Jazmín Xóchitl"),
        _words("Mateo Ángel Diego Emiliano Iván José Adrián Joaquín Ramón César Andrés Óscar Julián Rubén Gael"),
        (
            *_words("García Hernández Ramírez Flores Nuñez Núñez Castillo Morales Peña Ortega Salazar Aguirre Ibarra Zúñiga Cárdenas Villaseñor"),
            "Hernández Ruiz", "López-Marín", "de la Cruz", "Peña-Ortíz", "Ríos Vela", "del Toro", "Chub Caal",
        ),
        ("es", "es", "es", "en", "en"),
    ),
    Culture(
        16,
        _words("Amara Chloe Grace Hannah Imani Jasmine Kayla Naomi Olivia Riley Simone Taylor Zoe Aaliyah Maya"),
        _words("Aaron Caleb Darius Elijah Ethan Jamal Jordan Liam Malik Noah Owen Terrence Tyler Xavier Zachary"),
        (
            *_words("Adams Bennett Brooks Carter Coleman Dixon Ellis Foster Grant Harris Jenkins Keller Lawson Mitchell Porter Quinn Ross Turner Washington Young"),
            "O'Neill", "D'Amico", "St. James", "van der Berg", "McAllister",
        ),
        ("en",),
    ),
    Culture(6, _words("Angelica Bea Corazon Danica Jasmin Maricel Rowena Tala"), _words("Carlo Danilo Jericho Juan Miguel Paolo Rico Santino"),
            ("Bautista", "dela Cruz", "Santos", "Reyes-Lim", "Villanueva", "Macaraeg", "San Pedro"), ("fil", "en")),
    Culture(5, _words("Ani Anahit Lilit Mane Nare Nazeli Sona Talin"), _words("Aram Davit Gor Hovhannes Levon Narek Tigran Vahe"),
            _words("Avetisyan Harutyunyan Manukyan Petrosyan Sahakyan Ter-Petrosyan Vardanyan Zakaryan"), ("hy", "hy", "en")),
    Culture(5, _words("Hui Jia Li Mei Tsz Xin Ying Yuk"), _words("Bo Chun Hao Jun Ming Tao Wei Zhi"),
            _words("Chan Chen Cheung Huang Li Lin Wong Wu Zhang O"), ("zh-Hant", "zh-Hans", "en")),
    Culture(4, _words("Ha-eun Ji-woo Min-seo Seo-yeon Soo-ah Yu-na"), _words("Do-yun Jun-ho Min-jun Seo-jun Tae-yang Woo-jin"),
            _words("Choi Han Jung Kang Kim Lee Park Yoon"), ("ko", "ko", "en")),
    Culture(4, _words("Anh Hạnh Linh Mai Ngọc Thảo Trinh Yến"), _words("Bảo Dũng Hiếu Khang Long Minh Phúc Quân"),
            _words("Bùi Đặng Đỗ Hoàng Lê Nguyễn Phạm Trần Võ"), ("vi", "vi", "en")),
    Culture(3, _words("Anahita Darya Laleh Mahsa Nasrin Shirin Yasaman"), _words("Arash Cyrus Dariush Kaveh Omid Reza Siavash"),
            _words("Ahmadi Bahrami Farhadi Hosseini-Nejad Karimi Moradi Tehrani"), ("fa", "fa", "en")),
    Culture(2, _words("Anastasia Daria Ksenia Polina Sofia Vera"), _words("Alexei Dmitri Gleb Kirill Maxim Yuri"),
            _words("Ivanov Kuznetsov Morozov Orlov Pavlov Sokolov"), ("ru", "en")),
    Culture(1, _words("Alessia Bianca Chiara Giulia Ilaria Martina"), _words("Dario Enzo Fabio Luca Matteo Pietro"),
            ("Bianchi", "De Luca", "Dell'Orto", "Ferrari", "Lo Presti"), ("it", "en")),
)  # fmt: skip

# (given, middle, family) of the first children of a bundle: a shape each. The last two share a name and a school.
SHAPES = (
    ("María Guadalupe", "", "Hernández Ruiz"), ("José Ángel", "", "de la Cruz Méndez"), ("Ximena", "", "Peña-Ortíz"),
    ("Luis", "", "del Río"), ("Ana", "", "van der Berg"), ("Carla", "", "Nuñez"), ("Karla", "", "Núñez"),
    ("Zoë", "", "Winter"), ("Chloé", "", "Marsh"), ("Lâm", "", "Đặng"), ("Iva", "", "Šarić"),
    ("Sean", "", "O'Connor"), ("Gia", "", "D'Angelo"), ("Nat’alia", "", "Moss"), ("Ka‘iulani", "", "Kealoha"),
    ("Ani", "", "Avetisyan"), ("Narek", "", "Ter-Petrosyan"), ("Հայկ", "", "Գրիգորյան"),
    ("Parviz", "", "Rostami-Nejad"), ("نیلوفر", "", "احمدی"), ("Min-jun", "", "Kim"), ("Seo Yeon", "", "Park"),
    ("서연", "", "박"), ("Xin Yi", "", "Li"), ("Tsz Ching", "", "Chan"), ("子晴", "", "陳"),
    ("Anh", "Thị Minh", "Nguyễn"), ("Juan Miguel", "", "dela Cruz"), ("Ma. Theresa", "", "Santos"),
    ("Екатерина", "", "Соколова"), ("Ekaterina", "", "Sokolova"), ("Giulia", "", "De Luca"), ("Suharto", "", "-"),
    ("Xóchitl", "", "Chub Caal"), ("Min", "", "O"), ("Jie", "", "Wu"), ("James", "Earl", "Carter Jr."),
    ("Winston", "", "Hale III"), ("Maximiliano Alejandro", "Sebastián", "Fernández de Córdoba Villavicencio"),
    ("Alex", "", "Garcia"), ("Alex", "", "Garcia"),
)  # fmt: skip

AREA_CODES = _words("213 310 323 424 562 626 661 738 747 818")
_STREETS = _words(
    "Alder Bayleaf Birchwood Bluebell Copperfield Dandelion Elderberry Fernhill Goldenrod Hazelnut Ironwood Jasmine Larkspur Mulberry Nettle Primrose Quince Rosemary Saffron Tamarind"
)
_ENDINGS = _words("St Ave Blvd Dr Ct Ln Pl Way Ter")
_CITIES = (
    ("Sample City", "900"), ("Sample City", "913"), ("Cudahy", "902"), ("Bell", "902"), ("Maywood", "902"),
    ("Lomita", "907"), ("West Hollywood", "900"), ("San Fernando", "913"), ("Los Angeles", "900"),
)  # fmt: skip


def phone(draw: Random) -> str:
    """An E.164 number out of the block kept for fiction."""
    return f"+1{draw.choice(AREA_CODES)}55501{draw.randrange(100):02d}"


def address(draw: Random) -> Address:
    city, zone = draw.choice(_CITIES)
    number = f"{draw.randrange(100, 19999)}{draw.choice(('', '', '', '', ' 1/2'))}"
    heading = draw.choice(("", "", "S ", "N ", "W ", "E "))
    return Address(
        f"{number} {heading}{draw.choice(_STREETS)} {draw.choice(_ENDINGS)}",
        draw.choice(
            ("", "", "", f"Apt {draw.randrange(1, 40)}", f"#{draw.randrange(100, 400)}", "Unit B", "Rear")
        ),
        city,
        f"{zone}{draw.randrange(1, 99):02d}" + draw.choice(("", "", f"-{draw.randrange(1000, 9999)}")),
    )


def mailbox(given: str, family: str, number: int) -> str:
    """An example.org address that no two people share."""
    plain = unicodedata.normalize("NFKD", f"{given}.{family}".lower())
    letters = "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "."))
    return f"{letters.strip('.') or 'family'}.{number}@example.org"
