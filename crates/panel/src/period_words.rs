//! The numbers and words that a period is written with.

/// A part of a period's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Digits.
    Number(Digits),
    /// A month's name.
    Month(u32),
    /// A letter for what is counted: Q, H, M, W.
    Letter(char),
}

/// A number as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digits {
    pub(crate) value: i32,
    /// How many digits it has, zeros before it included.
    pub(crate) count: usize,
}

/// A text's words, and what stands between each and the next (a space where only spaces do, nothing where they
/// touch).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    pub(crate) words: Vec<Word>,
    pub(crate) marks: Vec<Option<char>>,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Words {
    /// The words of a text; none where it has others than a period is written with.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().map(narrow).collect();
        if text.contains('年') {
            return chinese(&text);
        }
        let mut found = Self::default();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            let kind: fn(char) -> bool = match first {
                '0'..='9' => |character| character.is_ascii_digit(),
                'a'..='z' | 'A'..='Z' => |character| character.is_ascii_alphabetic(),
                _ => |character| !character.is_ascii_alphanumeric(),
            };
            let (run, after) = rest.split_at(rest.find(|character| !kind(character)).unwrap_or(rest.len()));
            rest = after;
            if !first.is_ascii_alphanumeric() {
                let last = found.marks.len().checked_sub(1)?;
                *found.marks.get_mut(last)? = Some(mark(run)?);
                continue;
            }
            found.words.push(if first.is_ascii_digit() { number(run)? } else { word(run)? });
            found.marks.push(None);
        }
        // What follows the last word is no mark between two.
        match found.marks.pop() {
            Some(None) => Some(found),
            _ => None,
        }
    }
}

/// Wide characters of East Asian typing as the ones that they widen.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '–' | '—' | '−' => '-',
        _ => character,
    }
}

/// The one mark among spaces.
fn mark(run: &str) -> Option<char> {
    let mut characters = run.chars().filter(|character| !character.is_whitespace());
    let found = characters.next().unwrap_or(' ');
    (characters.next().is_none() && " -/:.,".contains(found)).then_some(found)
}

fn number(run: &str) -> Option<Word> {
    // Nine digits are always in range.
    let value = if run.len() <= 9 { run.parse().ok()? } else { return None };
    Some(Word::Number(Digits { value, count: run.len() }))
}

fn word(run: &str) -> Option<Word> {
    let lower = run.to_ascii_lowercase();
    match lower.as_str() {
        // T as in trimestre, S as in semester.
        "q" | "t" => Some(Word::Letter('Q')),
        "h" | "s" => Some(Word::Letter('H')),
        "m" => Some(Word::Letter('M')),
        "w" => Some(Word::Letter('W')),
        _ if lower.len() < 3 => None,
        _ => {
            let month = MONTHS.iter().position(|month| month.starts_with(&lower))?;
            Some(Word::Month(month as u32 + 1))
        }
    }
}

/// 2003年, 2003年上半年, 2003年第3季度, 2003年3月, 2003年第7周, 2003年3月7日.
fn chinese(text: &str) -> Option<Words> {
    let (year, rest) = text.split_once('年')?;
    let year = number(year.trim())?;
    let rest = rest.trim();
    let rest = rest.strip_prefix('第').unwrap_or(rest).trim();
    let counted = |letter: char, count: &str| Some(vec![year, Word::Letter(letter), numeral(count)?]);
    let ending = |endings: &[&str]| endings.iter().find_map(|ending| rest.strip_suffix(ending));
    let words = if rest.is_empty() {
        vec![year]
    } else if rest == "上半年" {
        counted('H', "1")?
    } else if rest == "下半年" {
        counted('H', "2")?
    } else if let Some(count) = ending(&["季度", "季"]) {
        counted('Q', count)?
    } else if let Some(count) = ending(&["周", "週", "星期"]) {
        counted('W', count)?
    } else if let Some(count) = rest.strip_suffix('月') {
        counted('M', count)?
    } else {
        let (month, day) = ending(&["日", "号", "號"])?.split_once('月')?;
        let (Word::Number(month), Word::Number(day)) = (numeral(month)?, numeral(day)?) else { return None };
        let month = u32::try_from(month.value).ok().filter(|month| (1..=12).contains(month))?;
        // One digit, as only the first number can be the year.
        vec![year, Word::Month(month), Word::Number(Digits { count: 1, ..day })]
    };
    let marks = vec![None; words.len() - 1];
    Some(Words { words, marks })
}

/// A number in digits, or from 一 to 三十一.
fn numeral(text: &str) -> Option<Word> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(text).filter(|_| !text.is_empty());
    }
    let digit =
        |text: &str| "一二三四五六七八九".chars().position(|one| text.chars().eq([one])).map(|at| at + 1);
    let value = match text.split_once('十') {
        None => digit(text)?,
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            tens * 10 + if ones.is_empty() { 0 } else { digit(ones)? }
        }
    };
    Some(Word::Number(Digits { value: i32::try_from(value).ok()?, count: 1 + usize::from(value > 9) }))
}
