//! Periods as they are written in Chinese, Japanese and Korean: the year first, then its part.

use crate::period_word::{Digits, Word, Words, number};

/// The words of a text that has such a period; nothing where it has no word of these languages, and `Some(None)` where
/// its words are no period's.
pub(crate) fn east_asian(text: &str) -> Option<Option<Words>> {
    const WORDS: [char; 7] = ['年', '月', '季', '期', '周', '週', '半'];
    let common = if text.contains(is_hangul) { in_chinese(text) } else { text.to_owned() };
    common.contains(WORDS).then(|| parts(&common))
}

fn is_hangul(character: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&character)
}

/// Korean words as the Chinese ones that mean the same.
fn in_chinese(text: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("상반기", "上半年"),
        ("하반기", "下半年"),
        ("분기", "季"),
        ("년", "年"),
        ("월", "月"),
        ("일", "日"),
        ("주", "周"),
        ("제", "第"),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (own, common)| text.replace(own, common))
}

/// 2003年, 2003年上半年, 2003年第3季度, 2003年3月, 2003年第7周, 2003年3月7日, 2003年1~3月期, and 2003.3月 without the year's word.
fn parts(text: &str) -> Option<Words> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (year, rest) = match text.split_once('年') {
        // 上半年 has the word, too.
        Some((year, rest)) if year.trim().bytes().all(|byte| byte.is_ascii_digit()) => (year, rest),
        _ => text.split_at_checked(digits)?,
    };
    let year = year.trim();
    let rest = rest.trim_start_matches([' ', '.', '-', '/']).trim_end();
    let year = number(year).filter(|_| !year.is_empty())?;
    let (rest, fiscal) = match rest.strip_prefix('度') {
        Some("") => ("", false),
        Some(rest) => (rest.trim_start(), true),
        None => (rest, false),
    };
    let mut words = vec![year];
    if fiscal {
        words.push(Word::Fiscal);
    }
    if !(rest.is_empty() || rest == "全年") {
        words.extend(part(rest)?);
    }
    let marks = vec![None; words.len() - 1];
    Some(Words { words, marks })
}

/// What divides the year.
fn part(rest: &str) -> Option<Vec<Word>> {
    // 前三季度 are the first three quarters.
    let (rest, from_first) = match rest.strip_prefix('前') {
        Some(rest) => (rest, true),
        None => (rest.strip_prefix('第').unwrap_or(rest).trim(), false),
    };
    let counted = |letter: char, count: &str| Some(vec![Word::Letter(letter), numeral(count)?]);
    let ending = |endings: &[&str]| endings.iter().find_map(|ending| rest.strip_suffix(ending));
    match rest {
        "上半年" | "上半期" => return counted('H', "1"),
        "下半年" | "下半期" => return counted('H', "2"),
        _ => {}
    }
    if let Some(letter) = rest.chars().next().filter(char::is_ascii_alphabetic) {
        let letter = match letter.to_ascii_uppercase() {
            known @ ('Q' | 'H' | 'M' | 'W') => known,
            _ => return None,
        };
        return counted(letter, rest.get(1..)?).filter(|_| !from_first);
    }
    if let Some(count) = ending(&["季度", "四半期", "季"]) {
        if let Some((first, last)) = divided(count, &["季度", "季"]) {
            return Some(vec![Word::Months(value(first)? * 3 - 2, value(last)?.checked_mul(3)?)]);
        }
        if from_first {
            return Some(vec![Word::Months(1, value(count)?.checked_mul(3)?)]);
        }
        // 1/4分기 is the first of four.
        return counted('Q', count.strip_suffix("/4").unwrap_or(count));
    }
    if let Some(count) = ending(&["个月", "個月"]).filter(|_| from_first) {
        return Some(vec![Word::Months(1, value(count)?)]);
    }
    if from_first {
        return None;
    }
    if let Some(count) = ending(&["周", "週", "星期"]) {
        return counted('W', count);
    }
    if let Some(count) = ending(&["月期", "月份", "月末", "月底", "月"]) {
        if let Some((first, last)) = divided(count, &["月"]) {
            return Some(vec![Word::Months(value(first)?, value(last)?)]);
        }
        return counted('M', count);
    }
    let (month, day) = ending(&["日", "号", "號"])?.split_once('月')?;
    let (Word::Number(month), Word::Number(day)) = (numeral(month)?, numeral(day.trim())?) else {
        return None;
    };
    let month = u32::try_from(month.value).ok().filter(|month| (1..=12).contains(month))?;
    // One digit, as only the first number can be the year.
    Some(vec![Word::Month(month), Word::Number(Digits { count: 1, ..day })])
}

/// The two ends of what stretches from one to another, without the word behind the first.
fn divided<'t>(text: &'t str, words: &[&str]) -> Option<(&'t str, &'t str)> {
    let (first, last) = text.split_once(['-', '~', '至', '到'])?;
    let first = first.trim();
    let first = words.iter().find_map(|word| first.strip_suffix(word)).unwrap_or(first);
    Some((first, last.trim()))
}

fn value(text: &str) -> Option<u32> {
    match numeral(text)? {
        Word::Number(digits) => u32::try_from(digits.value).ok().filter(|value| (1..=12).contains(value)),
        _ => None,
    }
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
