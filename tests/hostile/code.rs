//! Code that nobody wrote: whatever the text, reading it ends soon, and with a module or a reason.

use std::sync::Arc;
use std::time::Instant;

use clerk_audit::facts::code::tree::Program;
use clerk_audit::facts::code::{Module, SyntaxProblem};
use proptest::prelude::*;

use crate::support::patience::soon;

const PATHS: &[&str] = &[
    "a.js", "a.cjs", "a.mjs", "a.jsx", "a.ts", "a.cts", "a.tsx", "a.d.ts", "a.vue", "a.svelte",
    "a.astro",
];

const NEXT: &str = r#"'use server';
import { auth, clerkMiddleware, createRouteMatcher as matcher } from "@clerk/nextjs/server";
import type { NextRequest } from 'next/server';
const isPublic = matcher(['/sign-in(.*)', `/api/${version}/(.*)`]), list: string[] = [];
enum Role { Admin = 'admin', Member = 1, Guest }
list.push(...['/é', "\u{2028}"]);
export default clerkMiddleware(async (auth, { nextUrl: { pathname } }: NextRequest) => {
  const { userId, ...rest } = (await auth())! satisfies unknown;
  if (!isPublic(request) && pathname?.startsWith?.('/a') || /[/(]\/x/giu.test(pathname)) await auth.protect();
  for await (const [a, , b = 1] of list as any) try { switch (a) { case 1: continue; default: throw new Error(b) } } catch { } finally { n++ }
}, { debug: process.env.NODE_ENV !== 'production' });
export class Store<T> extends Base { static #count = 0; constructor(private db: Db, readonly x = 1) { super(db) } get size() { return this.#count } static { Store.#count += 1 } async *all(...keys: string[]) { yield* keys } }
export const Page = ({ children, ...props }: Props) => <Layout.Main {...props} on={() => <></>} a:b="c">{children} text {/* none */}</Layout.Main>;
label: while (true) { do { break label } while (x ??= y ? z : w) }
module.exports = { config: { matcher: ["/((?!_next).*)"] }, ...other };
"#;

const COMPONENT: &str = r#"---
import { clerkClient } from '@clerk/astro/server';
if (!Astro.locals.auth().userId) return Astro.redirect('/sign-in');
---
<script module lang="ts">
export const prerender = false;
</script>
<!-- <script>no()</script> -->
<script setup lang="ts" generic="T extends Record<string, unknown>">
import { useAuth } from '@clerk/vue'
const { isSignedIn } = useAuth()
</script>
<template><div v-if="a < b">{{ "</template>" }}<template #x><script>no()</script></template></div></template>
<style>a::before { content: "<script>" }</style>
"#;

/// Reads a text as a file of this name, and does with the module what others do.
fn survives(path: &str, text: &str) -> Result<(), SyntaxProblem> {
    let text: Arc<str> = Arc::from(text);
    let started = Instant::now();
    let read = Module::read(path, &text);
    // Without optimisation, on a busy machine; what is not linear takes minutes.
    soon(20, started.elapsed(), path);
    let module = read?;
    let program: &Program = &module.program;
    // On the small stack of a test's thread, not on the parser's.
    assert_eq!(program, &program.clone());
    for statement in program.body.iter().take(100) {
        assert!(statement.at as usize <= text.len());
        assert!(module.spot(statement.at).line > 0);
    }
    assert!(program.changed.is_sorted());
    Ok(())
}

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(PATHS)
}

/// A piece of code, or what looks like one.
fn token() -> impl Strategy<Value = String> {
    const WORDS: &str = "a b.c async await break case catch class const continue debugger default delete do else enum \
        export extends false finally for function get if import in instanceof interface let namespace new null of \
        return satisfies as set static super switch this throw true try type typeof undefined var void while with \
        yield abstract declare global module require using accessor readonly private ( ) [ ] { } ({ }) ([ ]) => = == \
        === != !== + ++ - -- * ** / /= % & && | || ?? ?. ? : ; , . ... ! ~ < > << >> <= >= += &&= ??= @ # ` ${ ' \" // \
        /* */ <!-- --> <a> </a> <a /> <> </> <a.b {...c}> /[/]/g 'text' \"text\" `a${b}c` 0 1e3 0x1 1n 0b2 .5 \
        \\ \\u{41} --- <script> </script> <script setup> <template> </template> <style> é \u{2028} \u{0} \u{feff} \
        *default* 'use server' export default module.exports exports.a #private import.meta new.target import( \
        require('x') from 'y' type A = <T,>( <T> extends infer keyof A[B] is asserts";
    let words: Vec<&str> = WORDS.split(' ').filter(|word| !word.is_empty()).collect();
    let word = prop::sample::select(words).prop_map(str::to_owned);
    let gap = prop::sample::select(vec!["", " ", "\n", "\r\n"]);
    (word, gap).prop_map(|(word, gap)| word + gap)
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(token(), 0..80).prop_map(|tokens| tokens.concat())
}

/// A real module with a piece left out and another put in.
fn damaged() -> impl Strategy<Value = String> {
    let at = any::<prop::sample::Index>;
    (prop::bool::ANY, at(), at(), soup()).prop_map(|(first, from, to, put_in)| {
        let text = if first { NEXT } else { COMPONENT };
        let ends: Vec<usize> = text.char_indices().map(|(end, _)| end).collect();
        let (from, to) = (from.get(&ends), to.get(&ends));
        let (from, to) = (from.min(to), from.max(to));
        let put_in = &put_in[..put_in.floor_char_boundary(20)];
        format!("{}{put_in}{}", &text[..*from], &text[*to..])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_soup_of_tokens_is_read_or_refused(path in path(), text in soup()) {
        let _ = survives(path, &text);
    }

    #[test]
    fn a_damaged_module_is_read_or_refused(path in path(), text in damaged()) {
        let _ = survives(path, &text);
    }

    #[test]
    fn what_nests_is_read_or_refused(
        path in path(),
        parts in prop::collection::vec(token(), 1..4),
        times in prop::sample::select(vec![10_usize, 120, 260, 499, 3_000]),
        end in token(),
    ) {
        let _ = survives(path, &format!("{}{end}", parts.concat().repeat(times)));
    }
}

#[test]
fn the_modules_that_are_damaged_are_whole_before() {
    assert_eq!(survives("a.tsx", NEXT), Ok(()));
    for path in ["a.vue", "a.svelte", "a.astro"] {
        assert_eq!(survives(path, COMPONENT), Ok(()), "{path}");
    }
}

#[test]
fn a_module_cut_off_anywhere_is_read_or_refused() {
    for (end, _) in NEXT.char_indices() {
        let _ = survives("a.tsx", &NEXT[..end]);
    }
    for (end, _) in COMPONENT.char_indices() {
        for path in ["a.vue", "a.svelte", "a.astro"] {
            let _ = survives(path, &COMPONENT[..end]);
        }
    }
}

#[test]
fn a_line_of_ten_megabytes_is_refused_and_one_of_one_is_read() {
    for part in [
        "f(a.b,[1,'é'],{c:d=>e});",
        "a=",
        "a.b=1,",
        "x=[",
        "let a;{",
        "`${",
        "<a>",
        "a?.b",
        "a<b<",
        "@",
        "/",
    ] {
        for path in PATHS {
            assert!(
                survives(path, &part.repeat(10_000_000 / part.len())).is_err(),
                "{path}"
            );
        }
        let _ = survives("a.js", &part.repeat(1_000_000 / part.len()));
    }
    assert_eq!(
        survives("a.js", &"f(a.b,[1,'é'],{c:d=>e});".repeat(40_000)),
        Ok(())
    );
}

#[test]
fn names_that_change_in_deep_scopes_take_no_longer_than_their_text() {
    let changes: String = (0..20_000).map(|n| format!("a{n}=1;")).collect();
    let deep = format!("{}{changes}{}", "{".repeat(200), "}".repeat(200));
    assert_eq!(survives("a.js", &deep), Ok(()));
    let functions: String = (0..200).map(|n| format!("(a{n})=>{{a{n}++;b=1;")).collect();
    let deep = format!("let b;{functions}{changes}{}", "}".repeat(200));
    assert_eq!(survives("a.js", &deep), Ok(()));
}
