//! From a period's text to its words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::east_asian_periods::east_asian;
use crate::period_names::{count, is_ending, is_link, is_through, months, roman, unit};
use crate::period_word::{Digits, Word, Words, number};

impl Words {
    /// The words of a text; none where it has others than a period is written with.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().map(narrow).collect();
        match east_asian(&text) {
            Some(found) => found,
            None => Self::alphabetic(&text),
        }
    }

    /// The words of a text in an alphabet.
    fn alphabetic(text: &str) -> Option<Self> {
        // Accents are typed or left out; ş, ğ and the like come apart, ł and ı don't.
        let text: String = text
            .nfd()
            .filter(|character| !is_combining_mark(*character))
            .map(|character| match character {
                'ł' => 'l',
                'ı' => 'i',
                '°' => 'º',
                other => other,
            })
            .collect();
        // janv. 2020 г.
        let text = match text.strip_suffix('.') {
            Some(bare) if bare.ends_with(char::is_alphabetic) || is_span_of_months(bare) => bare,
            _ => text.as_str(),
        };
        let mut found = Self::default();
        let mut rest = text;
        // What stands between the last word and the next; nothing where they touch.
        let mut between: Option<char> = None;
        // How many words there were where letters behind a number were left out.
        let mut ended = 0;
        while let Some(first) = rest.chars().next() {
            let kind: fn(char) -> bool = if first.is_ascii_digit() {
                |character| character.is_ascii_digit()
            } else if first.is_alphabetic() {
                char::is_alphabetic
            } else {
                |character| !character.is_ascii_digit() && !character.is_alphabetic()
            };
            let (run, after) = rest.split_at(rest.find(|character| !kind(character)).unwrap_or(rest.len()));
            rest = after;
            if !first.is_ascii_digit() && !first.is_alphabetic() {
                if found.words.is_empty() {
                    return None;
                }
                let mark = mark(run)?;
                between = Some(if between.is_none_or(|own| own == ' ') { mark } else { return None });
                continue;
            }
            if first.is_ascii_digit() {
                found.push(number(run)?, &mut between);
                continue;
            }
            let lower = run.to_lowercase();
            // Cyrillic ordinals have a dash: 2-й.
            let touches = between.is_none() || (between == Some('-') && !first.is_ascii());
            let touches_count =
                touches && matches!(found.words.last(), Some(Word::Number(digits)) if digits.count <= 2);
            if (touches_count && is_ending(&lower)) || (is_link(&lower) && !found.words.is_empty()) {
                if touches_count {
                    ended = found.words.len();
                    between = None;
                }
                between = between.or(Some(' '));
                continue;
            }
            if is_through(&lower) && between == Some(' ') {
                between = Some('-');
                // The space behind it says nothing.
                rest = rest.trim_start_matches(' ');
                continue;
            }
            found.push(word(run, &lower)?, &mut between);
        }
        // What follows the last word is no mark between two, but for a space before what was left out.
        // Letters behind the last number are a mark: 90e.
        if found.words.is_empty() || ended == found.words.len() || !matches!(between, None | Some(' ')) {
            return None;
        }
        Some(found.with_spans())
    }

    fn push(&mut self, word: Word, between: &mut Option<char>) {
        if !self.words.is_empty() {
            self.marks.push(between.take());
        }
        *between = None;
        self.words.push(word);
    }

    /// Two months with a dash between them as one word.
    fn with_spans(self) -> Self {
        let dash = |mark: &Option<char>| matches!(mark, Some('-' | '/'));
        let words = match (self.words.as_slice(), self.marks.as_slice()) {
            ([Word::Month(first), Word::Month(last), year @ Word::Number(_)], [between, _])
            | ([year @ Word::Number(_), Word::Month(first), Word::Month(last)], [_, between])
                if dash(between) =>
            {
                vec![*year, Word::Months(*first, *last)]
            }
            _ => return self,
        };
        Self { words, marks: vec![None] }
    }

    /// The texts that this one may be, where it has names of several months.
    pub(crate) fn readings(&self) -> Vec<Self> {
        let Some(at) = self.words.iter().position(|word| matches!(word, Word::EitherMonth(..))) else {
            return vec![self.clone()];
        };
        let Some(Word::EitherMonth(one, other)) = self.words.get(at).copied() else { return Vec::new() };
        let with = |month: u32| {
            let mut own = self.clone();
            if let Some(word) = own.words.get_mut(at) {
                *word = Word::Month(month);
            }
            own
        };
        vec![with(one), with(other)]
    }
}

/// Wide characters of East Asian typing as the ones that they widen.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '–' | '—' | '−' | '‐' | '‑' => '-',
        '〜' | '∼' => '~',
        _ => character,
    }
}

/// The one mark among spaces.
fn mark(run: &str) -> Option<char> {
    let mut characters = run.chars().filter(|character| !character.is_whitespace());
    let found = characters.next().unwrap_or(' ');
    (characters.next().is_none() && " -/:.,".contains(found)).then_some(found)
}

fn word(run: &str, lower: &str) -> Option<Word> {
    match lower {
        // T as in trimestre, S as in semester, K as in kvartal.
        "q" | "t" | "k" => return Some(Word::Letter('Q')),
        "h" | "s" => return Some(Word::Letter('H')),
        "m" | "mm" => return Some(Word::Letter('M')),
        "w" => return Some(Word::Letter('W')),
        // Kwartaal, or Kalenderwoche.
        "kw" => return Some(Word::Letter('K')),
        "fy" => return Some(Word::Fiscal),
        "jj" => return Some(Word::Whole),
        _ => {}
    }
    if let Some(number) = roman(run).or_else(|| one_numeral(run)) {
        return Some(Word::Roman(number));
    }
    if let Some(letter) = unit(lower) {
        return Some(Word::Unit(letter));
    }
    if let Some(value) = count(lower) {
        return Some(Word::Number(Digits { value, count: 1 }));
    }
    months(lower).map(|(month, other)| match other {
        None => Word::Month(month),
        Some(other) => Word::EitherMonth(month, other),
    })
}

/// Whether a text ends as months do from one to another, in digits behind their year: 1994/ 1- 3.
fn is_span_of_months(text: &str) -> bool {
    let Some((before, last)) = text.rsplit_once(['-', '~']) else { return false };
    let is_few = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let first = before.rsplit_once('/').map_or(before, |(_, first)| first);
    is_few(first.trim()) && is_few(last.trim())
}

/// The Roman numerals that are characters of their own.
fn one_numeral(run: &str) -> Option<u32> {
    let mut characters = run.chars();
    let (first, None) = (characters.next()?, characters.next()) else { return None };
    ('\u{2160}'..='\u{216b}').contains(&first).then(|| u32::from(first) - 0x215f)
}
