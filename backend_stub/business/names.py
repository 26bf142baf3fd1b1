"""Names of many origins, as the customers of an American town have them.  All of them are made up from common parts."""

import random
import unicodedata

_POOLS: tuple[tuple[float, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        34,
        (
            "Emma", "Olivia", "Hannah", "Grace", "Abigail", "Claire", "Megan", "Rachel", "Lauren", "Kate",
            "Susan", "Diane",
            "James", "Ethan", "Jack", "Ryan", "Connor", "Owen", "Peter", "Brian", "Walter", "Doug", "Greg",
            "Tyler",
        ),
        (
            "Smith", "Johnson", "Miller", "Davis", "Wilson", "Clark", "Lewis", "Walker", "Hall", "Young",
            "King", "Wright",
            "Baker", "Turner", "Collins", "Murphy", "Kelly", "Sullivan", "O'Brien", "McAllister", "Bennett",
            "Foster",
            "Hughes", "Whitaker", "Featherstonehaugh",
        ),
    ),
    (
        20,
        (
            "María", "Sofía", "Valentina", "Camila", "Guadalupe", "Rocío", "Inés", "Lucía", "Ximena", "Beatriz",
            "José", "Luis", "Mateo", "Javier", "Andrés", "Joaquín", "Raúl", "Álvaro", "Héctor", "Iván",
        ),
        (
            "García", "Rodríguez", "Hernández", "López", "Martínez", "González", "Pérez", "Sánchez",
            "Ramírez", "Torres",
            "Núñez", "Peña", "Ibáñez", "Muñoz", "Castañeda", "Ortiz", "De la Cruz", "Villaseñor",
        ),
    ),
    (
        9,
        ("Wei", "Jing", "Xin", "Mei", "Hao", "Li-Hua", "Yan", "Jun", "Min", "Kevin", "Grace", "Amy"),
        ("Chen", "Wang", "Li", "Zhang", "Liu", "Wong", "Huang", "Lin", "Wu", "Ng"),
    ),
    (
        6,
        ("Linh", "Thảo", "Minh", "Tuấn", "Ngọc", "Hương", "Anh", "Khoa"),
        ("Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đặng"),
    ),
    (
        7,
        ("Ananya", "Divya", "Lakshmi", "Neha", "Arjun", "Vikram", "Rohan", "Sanjay"),
        ("Sharma", "Patel", "Iyer", "Krishnamurthy", "Reddy", "Singh", "Gupta", "Venkatasubramanian"),
    ),
    (
        6,
        ("Imani", "Latoya", "Ebony", "Darnell", "Malik", "Tyrone", "Chidi", "Ngozi", "Kwame", "Adaeze"),
        ("Washington", "Jefferson", "Robinson", "Okonkwo", "Mensah", "Adeyemi", "Banks", "Onyekachi"),
    ),
    (
        5,
        ("Yuki", "Haruto", "Aiko", "Kenji", "Ji-woo", "Min-jun", "Seo-yeon", "Hyun"),
        ("Tanaka", "Watanabe", "Nakamura", "Kim", "Park", "Choi", "Jeong"),
    ),
    (
        5,
        ("Layla", "Yasmin", "Fatima", "Omar", "Karim", "Shirin", "Reza", "Dariush"),
        ("Haddad", "Al-Masri", "Rahimi", "Hosseini", "El-Amin", "Khoury", "Tehrani"),
    ),
    (
        5,
        ("Katarzyna", "Agnieszka", "Zsófia", "Ondřej", "Milan", "Oksana", "Dmytro", "Jelena"),
        ("Kowalska", "Nowak", "Szabó", "Dvořák", "Jovanović", "Kovalenko", "Popescu"),
    ),
    (
        3,
        ("Chloé", "François", "Jürgen", "Anneliese", "Søren", "Åsa", "Siobhán", "João"),
        ("Lefèvre", "Müller-Lüdenscheidt", "Sørensen", "Björklund", "Ó Súilleabháin", "Gonçalves",
        "van der Berg"),
    ),
)  # fmt: skip
_WEIGHTS = tuple(weight for weight, _, _ in _POOLS)
_SPANISH = 1
_NO_BASE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "ß": "ss"})


def name_and_language(rng: random.Random) -> tuple[str, str]:
    """A full name and the language its bearer would rather speak, en or es."""
    index = rng.choices(range(len(_POOLS)), _WEIGHTS)[0]
    _, first_names, last_names = _POOLS[index]
    first, last = rng.choice(first_names), rng.choice(last_names)
    if index == _SPANISH and rng.random() < 0.25:
        last = f"{last} {rng.choice(last_names)}"
    elif rng.random() < 0.03:
        last = f"{last}-{rng.choice(_POOLS[0][2])}"
    return f"{first} {last}", "es" if index == _SPANISH and rng.random() < 0.3 else "en"


def email_of(name: str, rng: random.Random) -> str:
    """An address under a reserved domain, so that it can never be anybody's."""
    words = [word for word in _letters(name).split("-") if word]
    local = f"{words[0]}.{words[-1]}" if rng.random() < 0.7 else f"{words[0][0]}{words[-1]}{rng.randrange(10, 99)}"
    return f"{local}@example.{rng.choice(('com', 'com', 'com', 'org', 'net'))}"


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().translate(_NO_BASE))
    kept = (letter for letter in plain if not unicodedata.combining(letter) and letter not in "'.")
    return "".join(letter if letter.isascii() and letter.isalpha() else "-" for letter in kept)
