//! From a pattern's tree to the steps that [`super::run`] takes.

use super::parse::{Mode, Node, Repeat};
use super::set::Set;

/// A step. Places are indices of steps; registers hold positions in the text, counts and heights.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// Take one character, forwards or, inside a lookbehind, backwards.
    Take {
        what: What,
        behind: bool,
    },
    /// Take again what a capture took.
    Back {
        capture: usize,
        behind: bool,
    },
    Start,
    End,
    Boundary(bool),
    /// Remember the position.
    Save(usize),
    /// Try the next step, and later the other one.
    Fork(usize),
    Jump(usize),
    /// No round taken yet.
    LoopStart(usize),
    /// Take a round more, or leave.
    LoopHead {
        count: usize,
        min: u32,
        max: u32,
        greedy: bool,
        exit: usize,
    },
    /// A round begins: the position is remembered, the captures inside are forgotten.
    LoopEnter {
        position: usize,
        forget: (usize, usize),
    },
    /// A round ends. One that took nothing and was not asked for is no round.
    LoopBack {
        count: usize,
        position: usize,
        min: u32,
        head: usize,
    },
    Look {
        height: usize,
        position: usize,
        negative: bool,
        exit: usize,
    },
    LookEnd {
        height: usize,
        position: usize,
        negative: bool,
    },
    Done,
}

/// One character.
#[derive(Debug, Clone)]
pub(super) enum What {
    One(u32),
    Any,
    Class(Set, bool),
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) registers: usize,
}

pub(super) fn compile(node: &Node, captures: u32, mode: Mode) -> Program {
    let mut compiler = Compiler {
        ops: Vec::new(),
        registers: captures as usize * 2,
        mode,
    };
    compiler.node(node, false);
    compiler.ops.push(Op::Done);
    Program {
        ops: compiler.ops,
        registers: compiler.registers,
    }
}

struct Compiler {
    ops: Vec<Op>,
    registers: usize,
    mode: Mode,
}

impl Compiler {
    fn register(&mut self) -> usize {
        self.registers += 1;
        self.registers - 1
    }

    /// A step whose target is set when it is known.
    fn reserve(&mut self) -> usize {
        self.ops.push(Op::Done);
        self.ops.len() - 1
    }

    fn set(&mut self, at: usize, op: Op) {
        if let Some(place) = self.ops.get_mut(at) {
            *place = op;
        }
    }

    fn take(&mut self, what: What, behind: bool) {
        self.ops.push(Op::Take { what, behind });
    }

    fn node(&mut self, node: &Node, behind: bool) {
        match node {
            Node::Char(c) => self.take(What::One(self.mode.folding.canonical(*c)), behind),
            Node::Any => self.take(What::Any, behind),
            Node::Class(set, negated) => self.take(What::Class(set.clone(), *negated), behind),
            Node::Start => self.ops.push(Op::Start),
            Node::End => self.ops.push(Op::End),
            Node::Boundary(wanted) => self.ops.push(Op::Boundary(*wanted)),
            Node::Capture(number, node) => self.capture(*number as usize, node, behind),
            Node::Back(number) => self.ops.push(Op::Back {
                capture: *number as usize,
                behind,
            }),
            Node::Look {
                behind,
                negative,
                node,
            } => self.look(node, *behind, *negative),
            Node::Repeat(repeat) => self.repeat(repeat, behind),
            Node::Sequence(nodes) if behind => {
                nodes.iter().rev().for_each(|node| self.node(node, true));
            }
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.node(node, false)),
            Node::Either(arms) => self.either(arms, behind),
        }
    }

    fn capture(&mut self, number: usize, node: &Node, behind: bool) {
        let (from, to) = (number * 2, number * 2 + 1);
        let (first, last) = if behind { (to, from) } else { (from, to) };
        self.ops.push(Op::Save(first));
        self.node(node, behind);
        self.ops.push(Op::Save(last));
    }

    fn either(&mut self, arms: &[Node], behind: bool) {
        let Some((last, others)) = arms.split_last() else {
            return;
        };
        let mut jumps = Vec::with_capacity(others.len());
        for arm in others {
            let fork = self.reserve();
            self.node(arm, behind);
            jumps.push(self.reserve());
            self.set(fork, Op::Fork(self.ops.len()));
        }
        self.node(last, behind);
        for jump in jumps {
            self.set(jump, Op::Jump(self.ops.len()));
        }
    }

    fn look(&mut self, node: &Node, behind: bool, negative: bool) {
        let (height, position) = (self.register(), self.register());
        let look = self.reserve();
        self.node(node, behind);
        self.ops.push(Op::LookEnd {
            height,
            position,
            negative,
        });
        let exit = self.ops.len();
        self.set(
            look,
            Op::Look {
                height,
                position,
                negative,
                exit,
            },
        );
    }

    fn repeat(&mut self, repeat: &Repeat, behind: bool) {
        let (count, position) = (self.register(), self.register());
        self.ops.push(Op::LoopStart(count));
        let head = self.reserve();
        let (from, to) = repeat.captures;
        self.ops.push(Op::LoopEnter {
            position,
            forget: (from as usize * 2, to as usize * 2),
        });
        self.node(&repeat.node, behind);
        self.ops.push(Op::LoopBack {
            count,
            position,
            min: repeat.min,
            head,
        });
        let exit = self.ops.len();
        self.set(
            head,
            Op::LoopHead {
                count,
                min: repeat.min,
                max: repeat.max.unwrap_or(u32::MAX),
                greedy: repeat.greedy,
                exit,
            },
        );
    }
}
