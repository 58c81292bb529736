//! An expression's text, read by `sqlparser`.

use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::keywords::{Keyword, RESERVED_FOR_IDENTIFIER};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use super::lower::Lowering;
use super::node::Node;
use crate::expression_problem::{ExpressionProblem, Outcome, Position};

/// The most words and signs of an expression. A long sum is a tree as deep as it has terms, and
/// what is done with trees here recurses: this keeps it far from the end of the stack.
const WORD_LIMIT: usize = 1_000;

/// How deep parentheses, functions and CASE may be nested.
pub(super) const DEPTH_LIMIT: usize = 40;

/// SQL with the power's sign where mathematics has it, and with names in any script.
#[derive(Debug)]
struct ColumnDialect;

/// Above the sign of a factor, so that -x ^ 2 is -(x ^ 2).
const POWER_PRECEDENCE: u8 = 50;

impl Dialect for ColumnDialect {
    fn is_identifier_start(&self, character: char) -> bool {
        character.is_alphabetic() || character == '_'
    }

    fn is_identifier_part(&self, character: char) -> bool {
        is_name_character(character)
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    /// Else a NOT or CASE that can't be read would be read again as a column of that name.
    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        matches!(keyword, Keyword::NOT | Keyword::CASE) || RESERVED_FOR_IDENTIFIER.contains(&keyword)
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        debug_assert!(self.prec_value(Precedence::MulDivModOp) < POWER_PRECEDENCE);
        matches!(parser.peek_token_ref().token, Token::Caret).then_some(Ok(POWER_PRECEDENCE))
    }
}

/// Whether a name may hold the character without being quoted.
pub(super) fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The tree of the expression that `text` writes.
pub(super) fn parse(text: &str) -> Outcome<Node> {
    let tokens = tokens(text)?;
    let first = tokens.iter().find(|token| !matches!(token.token, Token::Whitespace(_)));
    if let Some((Token::Word(word), start)) = first.map(|token| (&token.token, token.span.start))
        && matches!(word.keyword, Keyword::SELECT | Keyword::WITH)
        && word.quote_style.is_none()
    {
        return Err(ExpressionProblem::Unsupported {
            what: word.value.to_uppercase(),
            instead: "write what stands between SELECT and FROM, the expression alone".into(),
        }
        .at(Position::of(start), text));
    }
    let dialect = ColumnDialect;
    let mut parser =
        Parser::new(&dialect).with_recursion_limit(DEPTH_LIMIT).with_tokens_with_locations(tokens);
    let tree = parser.parse_expr().map_err(|error| refused(error, text))?;
    let rest = parser.peek_token_ref();
    if rest.token != Token::EOF {
        let message = format!("unexpected `{}` after the end of the expression", rest.token);
        return Err(ExpressionProblem::Syntax { message }.at(Position::of(rest.span.start), text));
    }
    Lowering { text }.node(&tree)
}

/// The words and signs, not too many and without comments.
fn tokens(text: &str) -> Outcome<Vec<TokenWithSpan>> {
    let tokens = Tokenizer::new(&ColumnDialect, text).tokenize_with_location().map_err(|error| {
        ExpressionProblem::Syntax { message: error.message }.at(Position::of(error.location), text)
    })?;
    let mut words = 0;
    for token in &tokens {
        match &token.token {
            // `a--b` is "a" and a comment, and says so nowhere.
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                return Err(ExpressionProblem::Unsupported {
                    what: "a comment".into(),
                    instead: "write `- -` for two minus signs, and comments in the YAML file".into(),
                }
                .at(Position::of(token.span.start), text));
            }
            Token::Whitespace(_) | Token::EOF => {}
            _ => words += 1,
        }
    }
    if words == 0 {
        return Err(ExpressionProblem::Empty.at(Position::START, text));
    }
    if words > WORD_LIMIT {
        return Err(ExpressionProblem::TooLong { words, limit: WORD_LIMIT }.at(Position::START, text));
    }
    Ok(tokens)
}

/// The parser's refusal; it tells its place at the end of the message.
fn refused(error: ParserError, text: &str) -> Box<crate::expression_problem::ExpressionError> {
    let message = match error {
        ParserError::RecursionLimitExceeded => {
            return ExpressionProblem::TooDeep { limit: DEPTH_LIMIT }.at(Position::START, text);
        }
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
    };
    let located = message.rsplit_once(" at Line: ").and_then(|(message, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        Some((message, Position { line: line.parse().ok()?, column: column.parse().ok()? }))
    });
    let (message, position) = located.unwrap_or_else(|| {
        // Only the end of the text has no place of its own.
        let line = text.lines().count().max(1);
        let column = text.lines().last().map_or(0, |line| line.chars().count()) + 1;
        (message.as_str(), Position { line: line as u32, column: column as u32 })
    });
    let message = message.replace("found: EOF", "found: the end of the expression");
    ExpressionProblem::Syntax { message }.at(position, text)
}
