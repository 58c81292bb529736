//! What a column holds, in words.

use polars::prelude::DataType;

/// What columns of a type hold, as a message says it: `truth values`, `categories`, `lists of numbers`.
pub fn type_in_words(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "truth values".into(),
        kind if kind.is_integer() => "whole numbers".into(),
        kind if kind.is_primitive_numeric() => "numbers".into(),
        DataType::String => "text".into(),
        DataType::Binary | DataType::BinaryOffset => "binary data".into(),
        DataType::Date => "dates".into(),
        DataType::Datetime(..) => "times".into(),
        DataType::Duration(_) => "durations".into(),
        DataType::Time => "times of day".into(),
        DataType::List(items) => format!("lists of {}", type_in_words(items)),
        DataType::Null => "nothing but missing values".into(),
        // By their names: some types are only there with a feature of the frames.
        other => match other.to_string().as_str() {
            name if name.starts_with("cat") || name.starts_with("enum") => "categories".into(),
            name if name.starts_with("decimal") => "decimal numbers".into(),
            name if name.starts_with("struct") => "records".into(),
            name if name.starts_with("array") => "lists of one length".into(),
            _ => "what isn't read".into(),
        },
    }
}

/// The same, with what tells types apart that differ in width or sign alone: `whole numbers of 64 bits`.
pub fn type_and_width_in_words(data_type: &DataType) -> String {
    let bits: String = data_type.to_string().chars().filter(char::is_ascii_digit).collect();
    match data_type {
        kind if kind.is_unsigned_integer() => format!("whole numbers without a sign of {bits} bits"),
        kind if kind.is_integer() || kind.is_float() => format!("{} of {bits} bits", type_in_words(kind)),
        DataType::List(items) => format!("lists of {}", type_and_width_in_words(items)),
        other => type_in_words(other),
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
            assert_eq!(type_and_width_in_words(&data_type), words);
        }
    }

    #[test]
    fn no_type_is_called_as_the_frames_call_it() {
        for (data_type, words) in [
            (DataType::Boolean, "truth values"),
            (DataType::Int8, "whole numbers"),
            (DataType::UInt64, "whole numbers"),
            (DataType::Float32, "numbers"),
            (DataType::String, "text"),
            (DataType::Binary, "binary data"),
            (DataType::Date, "dates"),
            (DataType::Null, "nothing but missing values"),
            (DataType::List(Box::new(DataType::Int64)), "lists of whole numbers"),
            (DataType::List(Box::new(DataType::List(Box::new(DataType::String)))), "lists of lists of text"),
        ] {
            assert_eq!(type_in_words(&data_type), words);
        }
    }
}
