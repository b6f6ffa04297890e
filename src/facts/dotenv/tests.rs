//! Where things stand, who wins, and what is reported. That the values are right is proved against the
//! real packages in `tests/parity_dotenv.rs`.

use super::*;

fn process(values: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    let values = values.iter();
    values
        .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
        .collect()
}

fn one(dialect: Dialect, text: &str) -> Loaded {
    load(dialect, &[text], &process(&[]))
}

/// Name, line of the name, line and column of the value, quote.
fn places(loaded: &Loaded) -> Vec<(&str, u32, u32, u32, Option<char>)> {
    let places = loaded.assignments.iter();
    places
        .map(|a| (a.name.as_str(), a.line, a.value_line, a.column, a.quote))
        .collect()
}

fn winners(loaded: &Loaded) -> Vec<(&str, usize, u32)> {
    let winners = loaded.assignments.iter().filter(|a| a.wins);
    winners.map(|a| (a.name.as_str(), a.file, a.line)).collect()
}

fn problems(loaded: &Loaded) -> Vec<(u32, &str)> {
    let problems = loaded.problems.iter();
    problems.map(|p| (p.line, p.message.as_str())).collect()
}

#[test]
fn says_where_a_name_and_its_value_begin() {
    let text = "# é\r\n\r\nexport A = 'x'\nÄ= y\n  B:\t\"one\ntwo\" # c\nC=\n\"z\"\nD=";
    assert_eq!(
        places(&one(Dialect::Dotenv, text)),
        [
            ("A", 3, 3, 13, Some('\'')),
            ("B", 5, 5, 7, Some('"')),
            ("C", 7, 8, 2, Some('"')),
            ("D", 9, 9, 3, None),
        ]
    );
    assert_eq!(
        places(&one(Dialect::Vite, text)),
        [
            ("A", 3, 3, 13, Some('\'')),
            ("Ä", 4, 4, 4, None),
            ("C", 7, 7, 3, None),
            ("D", 9, 9, 3, None),
        ]
    );
}

#[test]
fn counts_columns_in_characters() {
    let loaded = one(Dialect::Vite, "ÄÖÜ=\"x\"");
    assert_eq!(places(&loaded), [("ÄÖÜ", 1, 1, 6, Some('"'))]);
}

#[test]
fn the_last_line_of_the_highest_file_wins() {
    let files = ["A=1\nB=1\nA=2", "A=3\nC=3", "C=4\nD=4"];
    for dialect in Dialect::ALL {
        let loaded = load(dialect, &files, &process(&[("D", "p")]));
        let expected = [("B", 0, 2), ("A", 0, 3), ("C", 1, 2)];
        assert_eq!(winners(&loaded), expected, "{dialect:?}");
        assert_eq!(loaded.values["D"].expose(), "p");
    }
}

#[test]
fn an_empty_variable_of_the_process_wins_except_with_dotenv_expand() {
    for dialect in Dialect::ALL {
        let loaded = load(dialect, &["A=file"], &process(&[("A", "")]));
        let fills = matches!(
            dialect,
            Dialect::DotenvExpand | Dialect::DotenvExpandBefore1000
        );
        assert_eq!(loaded.values["A"].expose() == "file", fills, "{dialect:?}");
        assert_eq!(loaded.assignments[0].wins, fills, "{dialect:?}");
    }
}

#[test]
fn a_file_that_next_drops_wins_nothing() {
    let loaded = load(Dialect::NextEnv, &["X=x\nA=${A}", "A=a"], &process(&[]));
    assert_eq!(winners(&loaded), [("A", 1, 1)]);
    assert!(!loaded.values.contains_key("X"));
    let dropped: Vec<_> = loaded
        .problems
        .iter()
        .map(|p| (p.file, p.line, p.drops_file))
        .collect();
    assert_eq!(dropped, [(0, 2, true)]);
}

#[test]
fn an_assignment_holds_the_text_before_expansion() {
    let loaded = one(Dialect::NextEnv, "B=b\nA=\"x$B\\ny\"");
    assert_eq!(loaded.assignments[1].value.expose(), "x$B\ny");
    assert_eq!(loaded.values["A"].expose(), "xb\ny");
}

#[test]
fn reports_lines_that_are_not_read() {
    let lines = |dialect| -> Vec<u32> {
        let text = "just words\n# comment\n\nA=a\nB: b\n  # indented\nC='c'\n  # again\n=\n-";
        let loaded = one(dialect, text);
        let problems = problems(&loaded);
        assert!(problems.iter().all(|problem| problem.1 == lines::NOT_READ));
        problems.iter().map(|problem| problem.0).collect()
    };
    assert_eq!(lines(Dialect::Dotenv), [1, 9, 10]);
    assert_eq!(lines(Dialect::Vite), [1, 5, 9, 10]);
}

#[test]
fn reports_a_value_that_is_the_next_line() {
    let loaded = one(Dialect::Vite, "A= \nB=b");
    assert_eq!(problems(&loaded), [(1, lines::NEXT_LINE)]);
    assert_eq!(loaded.values["A"].expose(), "B=b");
    let loaded = one(Dialect::Dotenv, "A=\n'b'\nC= \nD=d");
    assert_eq!(problems(&loaded), [(1, lines::NEXT_LINE)]);
}

#[test]
fn reports_a_byte_order_mark_that_spoils_a_name() {
    let text = "\u{feff}A=a\nB=b";
    let loaded = one(Dialect::Vite, text);
    assert_eq!(problems(&loaded), [(1, lines::BYTE_ORDER_MARK)]);
    assert_eq!(problems(&one(Dialect::NextEnv, text)), []);
}

#[test]
fn reports_what_dotenv_expand_would_run_or_decrypt() {
    let loaded = one(Dialect::DotenvExpand, "A=a\nB=$(cat file)");
    assert_eq!(problems(&loaded)[0].0, 2);
    let key = process(&[("DOTENV_PRIVATE_KEY", "0")]);
    let loaded = load(Dialect::DotenvExpand, &["A=encrypted:x"], &key);
    assert_eq!(loaded.problems.len(), 1);
    let loaded = one(Dialect::DotenvExpandBefore1000, "B=$(cat file)");
    assert!(loaded.problems.is_empty());
}

#[test]
fn a_value_that_would_grow_without_end_is_reported_and_stays_small() {
    let laughs: String = (0..40)
        .map(|i| format!("L{i}=$L{}$L{}\n", i + 1, i + 1))
        .collect();
    for dialect in Dialect::ALL {
        let loaded = one(dialect, &format!("{laughs}L40=ha\n"));
        let total: usize = loaded.values.values().map(|v| v.expose().len()).sum();
        assert!(total < 32 << 20, "{dialect:?} {total}");
        let told = !loaded.problems.is_empty();
        assert_eq!(told, dialect != Dialect::Dotenv, "{dialect:?}");
    }
}

#[test]
fn no_debug_output_shows_a_value() {
    let loaded = one(Dialect::NextEnv, "A=hidden\nB=$A${B}");
    assert!(!format!("{loaded:?}").contains("hidden"));
}
