//! What months, quarters, halves and weeks are called in the languages of statistics offices.

/// The names of months in small letters without accents; a beginning of three letters or more stands for the whole.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "januar",
        "januari",
        "janvier",
        "enero",
        "gennaio",
        "janeiro",
        "gener",
        "ianuarie",
        "jaanuar",
        "styczen",
        "stycznia",
        "leden",
        "ledna",
        "ocak",
        "sijecanj",
        "январь",
        "января",
        "януари",
        "јануар",
        "січень",
        "січня",
    ],
    &[
        "february",
        "februar",
        "februari",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "febrer",
        "februarie",
        "veebruar",
        "luty",
        "lutego",
        "unor",
        "unora",
        "subat",
        "veljaca",
        "февраль",
        "февраля",
        "февруари",
        "фебруар",
        "лютии",
        "лютого",
    ],
    &[
        "march",
        "marz",
        "maerz",
        "mars",
        "marzo",
        "marco",
        "marc",
        "marec",
        "marzec",
        "marca",
        "marts",
        "mart",
        "maart",
        "maret",
        "martie",
        "marcius",
        "brezen",
        "brezna",
        "ozujak",
        "mrz",
        "mrt",
        "март",
        "марта",
        "березень",
        "березня",
    ],
    &[
        "april",
        "avril",
        "abril",
        "aprile",
        "aprilie",
        "aprilis",
        "aprill",
        "kwiecien",
        "kwietnia",
        "duben",
        "dubna",
        "nisan",
        "travanj",
        "апрель",
        "апреля",
        "април",
        "квітень",
        "квітня",
    ],
    &[
        "may",
        "mai",
        "mayo",
        "maggio",
        "maio",
        "maig",
        "maj",
        "maja",
        "mei",
        "kveten",
        "kvetna",
        "mayis",
        "majus",
        "svibanj",
        "маи",
        "мая",
        "мај",
        "травень",
        "травня",
    ],
    &[
        "june",
        "juni",
        "juin",
        "junio",
        "giugno",
        "junho",
        "juny",
        "iunie",
        "junius",
        "juuni",
        "jun",
        "czerwiec",
        "czerwca",
        "cerven",
        "cervna",
        "haziran",
        "lipanj",
        "июнь",
        "июня",
        "юни",
        "јун",
        "червень",
        "червня",
    ],
    &[
        "july",
        "juli",
        "juillet",
        "julio",
        "luglio",
        "julho",
        "juliol",
        "iulie",
        "julius",
        "juuli",
        "jul",
        "lipiec",
        "lipca",
        "cervenec",
        "cervence",
        "temmuz",
        "srpanj",
        "июль",
        "июля",
        "юли",
        "јул",
        "липень",
        "липня",
    ],
    &[
        "august",
        "augusti",
        "aout",
        "agosto",
        "agost",
        "augustus",
        "augusztus",
        "agustus",
        "avgust",
        "sierpien",
        "sierpnia",
        "srpen",
        "srpna",
        "agustos",
        "kolovoz",
        "август",
        "августа",
        "серпень",
        "серпня",
    ],
    &[
        "september",
        "septembre",
        "septiembre",
        "setiembre",
        "settembre",
        "setembro",
        "setembre",
        "septembrie",
        "szeptember",
        "wrzesien",
        "wrzesnia",
        "zari",
        "eylul",
        "rujan",
        "сентябрь",
        "сентября",
        "септември",
        "септембар",
        "вересень",
        "вересня",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "ottobre",
        "outubro",
        "octombrie",
        "oktoober",
        "pazdziernik",
        "pazdziernika",
        "rijen",
        "rijna",
        "ekim",
        "listopad",
        "listopada",
        "октябрь",
        "октября",
        "октомври",
        "октобар",
        "жовтень",
        "жовтня",
    ],
    &[
        "november",
        "novembre",
        "noviembre",
        "novembro",
        "noiembrie",
        "listopad",
        "listopada",
        "kasim",
        "studeni",
        "ноябрь",
        "ноября",
        "ноември",
        "новембар",
        "листопад",
        "листопада",
    ],
    &[
        "december",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "desember",
        "desembre",
        "decembrie",
        "detsember",
        "grudzien",
        "grudnia",
        "prosinec",
        "prosince",
        "prosinac",
        "aralik",
        "декабрь",
        "декабря",
        "декември",
        "децембар",
        "грудень",
        "грудня",
    ],
];

/// Names that count as a whole alone: their beginnings are those of other months elsewhere.
const WHOLE: [(&str, u32); 22] = [
    ("tammikuu", 1),
    ("helmikuu", 2),
    ("maaliskuu", 3),
    ("huhtikuu", 4),
    ("toukokuu", 5),
    ("kesakuu", 6),
    ("heinakuu", 7),
    ("elokuu", 8),
    ("syyskuu", 9),
    ("lokakuu", 10),
    ("marraskuu", 11),
    ("joulukuu", 12),
    ("sausis", 1),
    ("vasaris", 2),
    ("kovas", 3),
    ("balandis", 4),
    ("geguze", 5),
    ("birzelis", 6),
    ("liepa", 7),
    ("rugpjutis", 8),
    ("rugsejis", 9),
    ("gruodis", 12),
];

/// Words for what a year is divided into, with the letter that stands for it.
const UNITS: [(char, &[&str]); 4] = [
    (
        'Q',
        &[
            "quarter",
            "quarters",
            "qtr",
            "quartal",
            "quartale",
            "trimestre",
            "trimestr",
            "trimestral",
            "trimester",
            "trim",
            "kwartal",
            "kvartal",
            "kvartalet",
            "kwartaal",
            "ctvrtleti",
            "stvrtrok",
            "negyedev",
            "ceyrek",
            "neljannes",
            "tromjesecje",
            "tromesecje",
            "ketvirtis",
            "ceturksnis",
            "квартал",
            "кварталу",
            "кв",
            "тримесечие",
            "тромесечје",
        ],
    ),
    (
        'H',
        &[
            "half",
            "semestre",
            "semester",
            "semestr",
            "halbjahr",
            "polrocze",
            "pololeti",
            "polrok",
            "halfjaar",
            "halvar",
            "felev",
            "полугодие",
            "півріччя",
        ],
    ),
    (
        'W',
        &[
            "week",
            "wk",
            "woche",
            "semaine",
            "semana",
            "settimana",
            "vecka",
            "uge",
            "tydzien",
            "tyden",
            "hafta",
            "неделя",
        ],
    ),
    ('M', &["month", "mois", "monat", "maand"]),
];

/// Numbers in words, for quarters and halves, and what follows a number that counts.
const COUNTS: [&[&str]; 4] = [
    &["first", "erstes", "premier", "primer", "primero", "primeiro", "primo", "первыи"],
    &["second", "zweites", "deuxieme", "segundo", "secondo", "вторыи", "второи", "второе"],
    &["third", "drittes", "troisieme", "tercer", "tercero", "terceiro", "terzo", "третии"],
    &["fourth", "viertes", "quatrieme", "cuarto", "quarto", "четвертыи"],
];

const ENDINGS: [&str; 27] = [
    "st", "nd", "rd", "th", "er", "ere", "e", "eme", "re", "ro", "do", "to", "o", "a", "º", "ª", "ste", "de",
    "и", "ыи", "ои", "я", "ая", "ое", "е", "is", "as",
];

/// Words between others that say nothing.
const LINKS: [&str; 16] = [
    "of", "the", "de", "del", "do", "da", "du", "di", "г", "год", "года", "році", "року", "roku", "rok",
    "year",
];

/// Words for a dash.
const THROUGH: [&str; 6] = ["to", "through", "bis", "til", "tot", "au"];

const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// The month that a word names, or the two that it may name: `listopad` is November in Polish and October in Croatian.
pub(crate) fn months(lower: &str) -> Option<(u32, Option<u32>)> {
    let all = || (1_u32..).zip(MONTHS);
    let whole = WHOLE.iter().filter(|(name, _)| *name == lower).map(|(_, month)| *month);
    let exact: Vec<u32> =
        all().filter(|(_, names)| names.contains(&lower)).map(|(month, _)| month).chain(whole).collect();
    let found = if exact.is_empty() && lower.chars().count() >= 3 {
        all()
            .filter(|(_, names)| names.iter().any(|name| name.starts_with(lower)))
            .map(|(month, _)| month)
            .collect()
    } else {
        exact
    };
    match found.as_slice() {
        [month] => Some((*month, None)),
        [one, other] => Some((*one, Some(*other))),
        _ => None,
    }
}

/// What a word says is counted.
pub(crate) fn unit(lower: &str) -> Option<char> {
    UNITS.iter().find(|(_, words)| words.contains(&lower)).map(|(letter, _)| *letter)
}

/// A number in words.
pub(crate) fn count(lower: &str) -> Option<i32> {
    COUNTS.iter().zip(1..).find(|(words, _)| words.contains(&lower)).map(|(_, count)| count)
}

/// Whether letters right behind a number make it an ordinal: 1st, 2ème, 3º.
pub(crate) fn is_ending(lower: &str) -> bool {
    ENDINGS.contains(&lower)
}

/// Whether a word only links others.
pub(crate) fn is_link(lower: &str) -> bool {
    LINKS.contains(&lower)
}

/// Whether a word stands for a dash.
pub(crate) fn is_through(lower: &str) -> bool {
    THROUGH.contains(&lower)
}

/// The number that a Roman numeral from I to XII writes, in capital letters.
pub(crate) fn roman(text: &str) -> Option<u32> {
    let at = ROMAN.iter().position(|numeral| *numeral == text)?;
    u32::try_from(at + 1).ok()
}
