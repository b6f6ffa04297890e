//! Backtracking with its own stack, so that no pattern can overflow ours, and with a bound on steps.

use super::Flags;
use super::compile::{Op, Program, What};
use super::set::Set;

/// Steps for one text. A path of 2,000 characters takes some ten thousand with a usual pattern;
/// this many take a few milliseconds.
const STEPS: usize = 500_000;

const UNSET: usize = usize::MAX;

/// What to do when a way does not lead on.
enum Frame {
    /// Go this other way.
    Choice { op: usize, at: usize },
    /// A register was changed: give it its value back, and look further down.
    Undo { register: usize, value: usize },
    /// The bottom of a lookaround. A negative one has held when nothing inside did.
    Bottom {
        negative: bool,
        op: usize,
        at: usize,
    },
}

/// Whether a program matches anywhere in a text; `None` past the bound.
pub(super) fn matches(program: &Program, flags: Flags, text: &[u32]) -> Option<bool> {
    let mut run = Run {
        program,
        flags,
        text,
        word: Set::word(flags.folding),
        registers: vec![UNSET; program.registers],
        stack: Vec::new(),
        left: STEPS,
    };
    let only_at_start = matches!(program.ops.first(), Some(Op::Start)) && !flags.multiline;
    let last = if only_at_start { 0 } else { text.len() };
    for at in 0..=last {
        run.registers.fill(UNSET);
        run.stack.clear();
        run.left = run.left.checked_sub(program.registers)?;
        if run.matches_at(at)? {
            return Some(true);
        }
    }
    Some(false)
}

struct Run<'a> {
    program: &'a Program,
    flags: Flags,
    text: &'a [u32],
    word: Set,
    registers: Vec<usize>,
    stack: Vec<Frame>,
    left: usize,
}

/// Where a step leads: to a step and a position, or nowhere.
type Next = Option<(usize, usize)>;

impl Run<'_> {
    fn matches_at(&mut self, at: usize) -> Option<bool> {
        let mut place = (0, at);
        loop {
            self.spend(1)?;
            let (op, at) = place;
            let next = match self.program.ops.get(op) {
                None | Some(Op::Done) => return Some(true),
                Some(op_here) => self.step(op_here, op + 1, at)?,
            };
            match next.or_else(|| self.back()) {
                Some(next) => place = next,
                None => return Some(false),
            }
        }
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.left = self.left.checked_sub(steps)?;
        Some(())
    }

    /// The outer option is the bound.
    fn step(&mut self, op: &Op, next: usize, at: usize) -> Option<Next> {
        let went = |held: bool| held.then_some((next, at));
        Some(match op {
            Op::Take { what, behind } => self.take(what, *behind, at).map(|at| (next, at)),
            Op::Back { capture, behind } => {
                let taken = self.take_again(*capture, *behind, at)?;
                taken.map(|at| (next, at))
            }
            Op::Start => went(self.is_line_edge(at.checked_sub(1))),
            Op::End => went(self.is_line_edge(Some(at))),
            Op::Boundary(wanted) => {
                let before = at.checked_sub(1).is_some_and(|at| self.is_word(at));
                went((before != self.is_word(at)) == *wanted)
            }
            Op::Save(register) => {
                self.put(*register, at);
                Some((next, at))
            }
            Op::Fork(other) => {
                self.stack.push(Frame::Choice { op: *other, at });
                Some((next, at))
            }
            Op::Jump(to) => Some((*to, at)),
            Op::Done => None,
            _ => self.step_group(op, next, at)?,
        })
    }

    /// Loops and lookarounds.
    fn step_group(&mut self, op: &Op, next: usize, at: usize) -> Option<Next> {
        Some(match *op {
            Op::LoopStart(count) => {
                self.put(count, 0);
                Some((next, at))
            }
            Op::LoopHead {
                count,
                min,
                max,
                greedy,
                exit,
            } => {
                let rounds = self.get(count);
                if rounds < min as usize {
                    Some((next, at))
                } else if rounds >= max as usize {
                    Some((exit, at))
                } else {
                    let (first, other) = if greedy { (next, exit) } else { (exit, next) };
                    self.stack.push(Frame::Choice { op: other, at });
                    Some((first, at))
                }
            }
            Op::LoopEnter { position, forget } => {
                self.put(position, at);
                self.spend(forget.1.saturating_sub(forget.0))?;
                (forget.0..forget.1).for_each(|register| self.put(register, UNSET));
                Some((next, at))
            }
            Op::LoopBack {
                count,
                position,
                min,
                head,
            } => {
                let rounds = self.get(count);
                let idle = rounds >= min as usize && self.get(position) == at;
                if !idle {
                    self.put(count, rounds + 1);
                }
                (!idle).then_some((head, at))
            }
            Op::Look {
                height,
                position,
                negative,
                exit,
            } => {
                self.put(position, at);
                // Above what `put` pushes and the bottom itself.
                self.put(height, self.stack.len() + 2);
                let op = exit;
                self.stack.push(Frame::Bottom { negative, op, at });
                Some((next, at))
            }
            Op::LookEnd {
                height,
                position,
                negative,
            } => self.leave_look(height, position, negative, next)?,
            _ => None,
        })
    }

    /// What was inside a lookaround held: none of its other ways will be tried.
    fn leave_look(
        &mut self,
        height: usize,
        position: usize,
        negative: bool,
        next: usize,
    ) -> Option<Next> {
        let (height, at) = (self.get(height), self.get(position));
        self.spend(self.stack.len().saturating_sub(height))?;
        if negative {
            while self.stack.len() > height {
                self.undo_top();
            }
            self.stack.pop();
            return Some(None);
        }
        let inside = self.stack.split_off(height.min(self.stack.len()));
        let undos = inside.into_iter();
        self.stack
            .extend(undos.filter(|frame| matches!(frame, Frame::Undo { .. })));
        Some(Some((next, at)))
    }

    fn undo_top(&mut self) {
        if let Some(Frame::Undo { register, value }) = self.stack.pop()
            && let Some(place) = self.registers.get_mut(register)
        {
            *place = value;
        }
    }

    /// The latest way not tried yet.
    fn back(&mut self) -> Next {
        loop {
            match self.stack.last()? {
                Frame::Undo { .. } => self.undo_top(),
                &Frame::Bottom {
                    negative: false, ..
                } => {
                    self.stack.pop();
                }
                &Frame::Choice { op, at } | &Frame::Bottom { op, at, .. } => {
                    self.stack.pop();
                    return Some((op, at));
                }
            }
        }
    }

    fn get(&self, register: usize) -> usize {
        self.registers.get(register).copied().unwrap_or(UNSET)
    }

    fn put(&mut self, register: usize, new: usize) {
        if let Some(place) = self.registers.get_mut(register) {
            let value = std::mem::replace(place, new);
            self.stack.push(Frame::Undo { register, value });
        }
    }

    /// The character on the way, and the position behind it.
    fn character(&self, behind: bool, at: usize) -> Option<(u32, usize)> {
        let (place, after) = if behind {
            (at.checked_sub(1)?, at - 1)
        } else {
            (at, at + 1)
        };
        Some((self.text.get(place).copied()?, after))
    }

    fn take(&self, what: &What, behind: bool, at: usize) -> Option<usize> {
        let (c, after) = self.character(behind, at)?;
        let fits = match what {
            What::One(one) => self.flags.folding.canonical(c) == *one,
            What::Any => self.flags.dot_all || !is_line_end(c),
            What::Class(set, negated) => set.contains(self.flags.folding.canonical(c)) != *negated,
        };
        fits.then_some(after)
    }

    /// A capture that took nothing yet fits everywhere.
    fn take_again(&mut self, capture: usize, behind: bool, at: usize) -> Option<Option<usize>> {
        let (from, to) = (self.get(capture * 2), self.get(capture * 2 + 1));
        if from == UNSET || to == UNSET || from > to {
            return Some(Some(at));
        }
        let length = to - from;
        self.spend(length)?;
        let start = if behind {
            at.checked_sub(length)
        } else {
            Some(at)
        };
        let fold = |c: &u32| self.flags.folding.canonical(*c);
        let taken = self.text.get(from..to).unwrap_or_default();
        let here = start.and_then(|start| self.text.get(start..start.checked_add(length)?));
        let same = here.is_some_and(|here| taken.iter().map(fold).eq(here.iter().map(fold)));
        let after = if behind { start } else { Some(at + length) };
        Some(after.filter(|_| same))
    }

    /// Whether there is no character at this place, or, line by line, the end of a line.
    fn is_line_edge(&self, place: Option<usize>) -> bool {
        let there = place.and_then(|place| self.text.get(place));
        there.is_none_or(|c| self.flags.multiline && is_line_end(*c))
    }

    fn is_word(&self, at: usize) -> bool {
        self.text.get(at).is_some_and(|c| self.word.contains(*c))
    }
}

fn is_line_end(c: u32) -> bool {
    matches!(c, 0x0a | 0x0d | 0x2028 | 0x2029)
}
