use super::super::module::{Module, Spot};
use super::*;

/// The code of a file, its blank lines left out, and the same file as a module.
#[track_caller]
fn read(path: &str, text: &str) -> (Vec<String>, Module) {
    let text = Arc::from(text);
    let script = of(path, &text).unwrap();
    assert_eq!(script.text.len(), text.len(), "{text}");
    let lines = script
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !matches!(*line, "" | ";"));
    let lines = lines.map(str::to_owned).collect();
    match Module::read(path, &text) {
        Ok(module) => {
            assert_eq!(module.recovered, None, "{text}");
            (lines, module)
        }
        Err(problem) => panic!("{text}: {problem:?}"),
    }
}

#[track_caller]
fn code(path: &str, text: &str) -> Vec<String> {
    read(path, text).0
}

const VUE: &str = r#"<!-- <script>no()</script> -->
<script lang="ts">
export default { name: 'Account' }
</script>

<script setup lang="ts" generic="T extends Record<string, unknown>">
import { useAuth } from '@clerk/vue'
const { isSignedIn } = useAuth()
const user = await load<T>(isSignedIn.value!)
</script>

<template>
  <div v-if="a < b && c > d" @click="x => '<script>'">
    <template #head>
      <component is="script">no()</component>
      <script>no()</script>
    </template>
    {{ a <b }} é
  </div>
</template>

<style scoped>
.a::before { content: "<script>no()</script>" }
</style>
"#;

#[test]
fn both_scripts_of_a_vue_component_are_one_module() {
    let (lines, module) = read("a.vue", VUE);
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(module.export_names(), ["default"]);
    let import = module.import("useAuth").unwrap();
    assert_eq!(
        module.spot(import.at),
        Spot {
            line: 7,
            column: 10
        }
    );
    assert_eq!(module.program.body.len(), 3);
}

#[test]
fn a_vue_component_may_be_in_plain_javascript_with_jsx() {
    let text = "<template lang=\"pug\">\ndiv\n</template>\n<SCRIPT>\nexport default { render() { return <a/> } }\n</SCRIPT >";
    assert_eq!(
        code("a.vue", text),
        ["export default { render() { return <a/> } }"]
    );
}

#[test]
fn both_scripts_of_a_svelte_component_are_one_module() {
    for second in ["module", "context=\"module\""] {
        let text = format!(
            "<script {second} lang='ts'>\n  export const prerender = false as const;\n</script>\n\
             <script lang='ts'>\n  import {{ useClerkContext }} from 'svelte-clerk';\n  let {{ data }} = $props();\n  $: x = data;\n</script>\n\
             <svelte:head><script>no()</script></svelte:head>\n\
             {{#if data.a <b}}<p on:click={{() => a > b}}>it's</p>{{/if}}\n<script>no()</script>"
        );
        let (lines, module) = read("a.svelte", &text);
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(module.import("useClerkContext").is_some());
        assert_eq!(module.export_names(), ["prerender"]);
    }
}

#[test]
fn the_front_matter_of_an_astro_page_is_the_body_of_a_function() {
    let text = "\u{feff}<!-- a --- b -->\n---\nimport { clerkClient } from '@clerk/astro/server';\n\
                const { userId } = Astro.locals.auth();\nif (!userId) {\n  return Astro.redirect('/sign-in');\n}\n\
                let n = 1; n--; const dash = '--- no end';\nconst user: User = await clerkClient(Astro).users.getUser(userId);\n---\n\
                <p>{user.id} --- {n}</p>\n<script>no()</script>\n---\n";
    let (lines, module) = read("a.astro", text);
    assert_eq!(lines.len(), 7, "{lines:?}");
    let import = module.import("clerkClient").unwrap();
    assert_eq!(
        module.spot(import.at),
        Spot {
            line: 3,
            column: 10
        }
    );
}

#[test]
fn a_file_without_code_is_an_empty_module() {
    for (path, text) in [
        ("a.astro", "<p>---</p>"),
        ("a.astro", "<html>\n---\nno()\n---"),
        ("a.astro", ""),
        ("a.vue", "<template><script>no()</script></template>"),
        ("a.vue", "<script src=\"./a.ts\" />\n<p></p>"),
        (
            "a.svelte",
            "<script type=\"application/ld+json\">{}</script>",
        ),
    ] {
        assert_eq!(code(path, text), [""; 0], "{text}");
    }
    assert!(of("a.html", &Arc::from("<script>a</script>")).is_none());
}

#[test]
fn two_scripts_on_one_line_are_two_statements() {
    let (_, module) = read(
        "a.vue",
        "<script>a() // b</script><script setup>(c)()</script>",
    );
    assert_eq!(module.program.body.len(), 2);
}

#[test]
fn a_fault_is_where_it_is_in_the_file() {
    let text = "<template>é</template>\n<script>const const</script>";
    let at = match Module::read("a.vue", &Arc::from(text)) {
        Ok(module) => module.recovered.unwrap().at,
        Err(problem) => problem.at,
    };
    assert_eq!((at.line, at.column), (2, 15));
}

#[test]
fn a_file_cut_off_anywhere_is_survived() {
    for (end, _) in VUE.char_indices() {
        for path in ["a.vue", "a.svelte", "a.astro"] {
            let text = Arc::from(&VUE[..end]);
            assert_eq!(of(path, &text).unwrap().text.len(), text.len());
        }
    }
}

#[test]
fn markup_made_to_be_slow_is_not() {
    for part in [
        "<",
        "<script",
        "<script>",
        "<script ",
        "<a '",
        "<a \"'",
        "<!--",
        "<!---->",
        "</",
        "</script",
        "<template>",
        "<script></x",
        "---\n",
        "--- ",
        "<a b=",
        "<style>",
        "<svelte:head>",
    ] {
        for path in ["a.vue", "a.svelte", "a.astro"] {
            let text = Arc::from(part.repeat(200_000 / part.len()));
            assert_eq!(of(path, &text).unwrap().text.len(), text.len());
        }
    }
}
