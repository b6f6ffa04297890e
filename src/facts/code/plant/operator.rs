//! oxc's operators in our words.

use oxc_ast::ast::{AssignmentOperator, BinaryOperator, LogicalOperator, UnaryOperator};

use crate::facts::code::tree::{Assignment, Binary, Logical, Unary};

pub(super) fn unary(operator: UnaryOperator) -> Unary {
    match operator {
        UnaryOperator::UnaryPlus => Unary::Plus,
        UnaryOperator::UnaryNegation => Unary::Minus,
        UnaryOperator::LogicalNot => Unary::Not,
        UnaryOperator::BitwiseNot => Unary::BitNot,
        UnaryOperator::Typeof => Unary::Typeof,
        UnaryOperator::Void => Unary::Void,
        UnaryOperator::Delete => Unary::Delete,
    }
}

pub(super) fn binary(operator: BinaryOperator) -> Binary {
    match operator {
        BinaryOperator::StrictEquality => Binary::Strict { negated: false },
        BinaryOperator::StrictInequality => Binary::Strict { negated: true },
        BinaryOperator::Equality => Binary::Loose { negated: false },
        BinaryOperator::Inequality => Binary::Loose { negated: true },
        BinaryOperator::Addition => Binary::Add,
        BinaryOperator::LessThan => Binary::Less,
        BinaryOperator::LessEqualThan => Binary::LessOrEqual,
        BinaryOperator::GreaterThan => Binary::Greater,
        BinaryOperator::GreaterEqualThan => Binary::GreaterOrEqual,
        BinaryOperator::In => Binary::In,
        BinaryOperator::Instanceof => Binary::InstanceOf,
        _ => Binary::Other,
    }
}

pub(super) fn logical(operator: LogicalOperator) -> Logical {
    match operator {
        LogicalOperator::And => Logical::And,
        LogicalOperator::Or => Logical::Or,
        LogicalOperator::Coalesce => Logical::Nullish,
    }
}

pub(super) fn assignment(operator: AssignmentOperator) -> Assignment {
    match operator {
        AssignmentOperator::Assign => Assignment::Plain,
        AssignmentOperator::Addition => Assignment::Add,
        AssignmentOperator::LogicalAnd => Assignment::Logical(Logical::And),
        AssignmentOperator::LogicalOr => Assignment::Logical(Logical::Or),
        AssignmentOperator::LogicalNullish => Assignment::Logical(Logical::Nullish),
        _ => Assignment::Other,
    }
}
