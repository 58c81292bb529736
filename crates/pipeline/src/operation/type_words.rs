//! What a column holds, in words.

use polars::prelude::DataType;

/// What columns of a type hold, as a message says it: `whole numbers of 64 bits`, `dates`, `lists of text`. `panel` has words for
/// those who read panels; here two types that differ in width alone have to be told apart.
pub(crate) fn type_in_words(data_type: &DataType) -> String {
    let of_bits = |name: &str| {
        let bits: String = name.chars().filter(char::is_ascii_digit).collect();
        if bits.is_empty() { String::new() } else { format!(" of {bits} bits") }
    };
    let name = data_type.to_string();
    match data_type {
        DataType::Boolean => "truth values".into(),
        kind if kind.is_unsigned_integer() => format!("whole numbers without a sign{}", of_bits(&name)),
        kind if kind.is_integer() => format!("whole numbers{}", of_bits(&name)),
        kind if kind.is_primitive_numeric() => format!("numbers{}", of_bits(&name)),
        DataType::String => "text".into(),
        DataType::Binary | DataType::BinaryOffset => "binary data".into(),
        DataType::Date => "dates".into(),
        DataType::Datetime(..) => "times".into(),
        DataType::Duration(_) => "durations".into(),
        DataType::Time => "times of day".into(),
        DataType::List(items) => format!("lists of {}", type_in_words(items)),
        DataType::Null => "nothing but missing values".into(),
        // By their names: some types are only there with a feature of the frames.
        _ if name.starts_with("cat") || name.starts_with("enum") => "categories".into(),
        _ if name.starts_with("decimal") => "decimal numbers".into(),
        _ if name.starts_with("struct") => "records".into(),
        _ if name.starts_with("array") => "lists of one length".into(),
        _ => "values of another type".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_go_by_words_that_tell_them_apart() {
        for (data_type, words) in [
            (DataType::Boolean, "truth values"),
            (DataType::Int64, "whole numbers of 64 bits"),
            (DataType::Int32, "whole numbers of 32 bits"),
            (DataType::UInt32, "whole numbers without a sign of 32 bits"),
            (DataType::Float64, "numbers of 64 bits"),
            (DataType::String, "text"),
            (DataType::Date, "dates"),
            (DataType::List(Box::new(DataType::String)), "lists of text"),
        ] {
            assert_eq!(type_in_words(&data_type), words);
        }
    }
}
