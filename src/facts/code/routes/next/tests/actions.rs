use super::*;
use crate::facts::code::routes::Found;

fn actions(found: &NextRoutes) -> Vec<&Found> {
    let actions = found
        .routes
        .iter()
        .filter(|route| route.kind == RouteKind::Action);
    actions.collect()
}

/// Name and URLs of each.
fn shipped(found: &NextRoutes) -> Vec<(&str, Vec<&str>)> {
    let each = actions(found).into_iter().map(|action| {
        let urls = action.urls.iter().map(String::as_str);
        (action.pattern.as_str(), urls.collect())
    });
    each.collect()
}

#[test]
fn each_export_of_a_server_module_is_an_action() {
    let found = of(&[
        ("app/page.tsx", "import './actions'"),
        (
            "app/actions.ts",
            "// c\n'use server';\nexport async function save() {}\nexport const load = async () => {}; export type T = 1;\nexport { x as y } from './x'\nexport default async function main() {}",
        ),
        ("app/x.ts", "export const x = 1"),
        (
            "app/other.ts",
            "const a = 1; 'use server'; export const b = 1",
        ),
        ("notes.md", "'use server'"),
    ]);
    let names: Vec<&str> = actions(&found)
        .iter()
        .map(|action| action.pattern.as_str())
        .collect();
    assert_eq!(names, ["load", "main", "save", "y"]);
    for action in actions(&found) {
        assert_eq!(action.urls, ["/"]);
        assert_eq!(action.targets.len(), 1);
        assert_eq!(action.targets[0].method, "POST");
    }
    assert!(matches!(&actions(&found)[1].targets[0].resource,
        Resource::Export { file, name } if file == "app/actions.ts" && name == "default"));
}

#[test]
fn functions_inside_other_code_are_actions_too() {
    let text = "export default function Page() {
  async function create() { 'use server'; }
  const remove = cache(async () => { \"use server\" });
  const o = { update: async () => { 'use server' } };
  class C { async method() { 'use server' } other() { return async () => { 'use server' } } }
  async function plain() { 'use strict' }
  return <form action={async () => { 'use server' }}><b>{[1].map(() => async () => { 'use server' })}</b></form>;
}";
    let found = of(&[("app/a/page.tsx", text)]);
    let names: Vec<&str> = actions(&found)
        .iter()
        .map(|action| action.pattern.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "action",
            "create",
            "remove",
            "unnamed in line 5",
            "unnamed in line 7",
            "update"
        ]
    );
    for action in actions(&found) {
        assert_eq!(action.urls, ["/a"]);
        let Resource::Inline { at, .. } = action.targets[0].resource else {
            panic!("{action:?}");
        };
        let rest = &text[at as usize..];
        assert!(rest.starts_with("async"), "{rest}");
    }
}

#[test]
fn an_action_is_reached_at_the_pages_that_import_it_over_any_number_of_modules() {
    let found = of(&[
        (
            "tsconfig.json",
            "{\"compilerOptions\": {\"paths\": {\"@/*\": [\"./*\"]}}}",
        ),
        ("app/a/page.tsx", "import { Form } from '@/components/form'"),
        ("app/b/[id]/page.tsx", "import Form from '@/components'"),
        ("app/c/page.tsx", "import type { T } from '@/lib/actions'"),
        (
            "app/d/layout.tsx",
            "const x = dynamic(() => import('@/components/form'))",
        ),
        ("app/d/page.tsx", ""),
        ("app/d/e/page.tsx", ""),
        (
            "app/api/route.ts",
            "import { act } from '@/lib/actions'; export const GET = act",
        ),
        (
            "components/index.ts",
            "export * from './form'; export * from './index'",
        ),
        (
            "components/form.tsx",
            "'use client'\nimport { act } from '@/lib/actions'\nimport '@/components'",
        ),
        (
            "lib/actions.ts",
            "'use server'\nexport async function act() {}",
        ),
    ]);
    assert_eq!(
        shipped(&found),
        [("act", vec!["/a", "/d", "/d/e", "/b/x1"])]
    );
}

#[test]
fn what_is_in_a_slot_belongs_to_the_pages_beside_it() {
    let found = of(&[
        ("app/x/page.tsx", ""),
        ("app/x/y/page.tsx", ""),
        ("app/z/page.tsx", ""),
        ("app/x/@modal/default.tsx", "import '../../../actions'"),
        ("actions.ts", "'use server'\nexport async function act() {}"),
    ]);
    assert_eq!(shipped(&found), [("act", vec!["/x", "/x/y"])]);
}

#[test]
fn an_action_that_no_page_imports_has_no_url_and_a_note() {
    let found = of(&[
        ("app/page.tsx", ""),
        (
            "app/actions.ts",
            "'use server'\nexport async function act() {}",
        ),
        (
            "app/actions.test.ts",
            "'use server'\nexport async function tested() {}",
        ),
        (
            "app/api/route.ts",
            "'use server'\nexport async function GET() {}",
        ),
    ]);
    assert_eq!(shipped(&found), [("act", vec![])]);
    assert_eq!(
        found.notes,
        ["app/actions.ts: its server functions are imported by no page"]
    );
}

#[test]
fn actions_of_workspace_packages_are_found_where_a_page_imports_them() {
    let files = Files::new(&[
        ("web/app/page.tsx", "import { act } from '@o/api'"),
        ("api/package.json", "{\"main\": \"./index.ts\"}"),
        ("api/index.ts", "export * from './actions'"),
        (
            "api/actions.ts",
            "'use server'\nexport async function act() {}",
        ),
    ])
    .package("@o/api", "api");
    let found = files.with(|project| {
        routes(&NextApp {
            folder: "web",
            files: &["web/app/page.tsx"],
            project,
            version: None,
        })
    });
    assert_eq!(shipped(&found), [("act", vec!["/"])]);
    assert_eq!(actions(&found)[0].file, "api/actions.ts");
}

#[test]
fn so_many_pages_are_too_many_to_name_all() {
    let mut files = vec![
        ("app/layout.tsx".to_owned(), "import '../actions'"),
        (
            "actions.ts".to_owned(),
            "'use server'\nexport async function act() {}",
        ),
    ];
    files.extend((0..300).map(|n| (format!("app/p{n}/page.tsx"), "")));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    let found = of(&files);
    assert_eq!(actions(&found)[0].urls.len(), 256);
    assert!(found.notes.iter().any(|note| note.contains("300 URLs")));
}

#[test]
fn a_server_module_that_cannot_be_read_is_noted() {
    let found = of(&[
        ("app/page.tsx", "import '../actions'"),
        ("actions.ts", "'use server'\nexport async function {{"),
    ]);
    assert_eq!(actions(&found).len(), 0);
    assert!(
        found.notes[0].contains("could not be read"),
        "{:?}",
        found.notes
    );
}

#[test]
fn since_next_15_what_only_server_code_calls_has_no_address() {
    let files = [
        (
            "app/page.tsx",
            "import { called, handed, bound } from './actions'; import { Form } from './form'
            import { again } from './barrel'
            export default async function Page() {
              await called(); await again()
              return <><form action={handed} /><form action={bound.bind(null, 1)} /><Form /></>
            }",
        ),
        (
            "app/form.tsx",
            "'use client'\nimport { clicked } from './barrel'; import './shared'
            export const Form = () => <button onClick={() => clicked()} />",
        ),
        (
            "app/shared.ts",
            "import { both } from './actions'; export const run = () => both()",
        ),
        (
            "app/barrel.ts",
            "export { clicked } from './actions'; import { again } from './actions'; export { again }",
        ),
        (
            "app/actions.ts",
            "'use server'
            export async function again() {}
            export async function both() {}
            export async function bound() {}
            export async function called() { return own() }
            export async function clicked() {}
            export async function handed() {}
            export async function own() {}",
        ),
    ];
    let with_address = |version| {
        let found = of_version(version, &files);
        let all = actions(&found).into_iter();
        let all = all.filter(|action| !action.urls.is_empty());
        let names: Vec<String> = all.map(|action| action.pattern.clone()).collect();
        names.join(" ")
    };
    assert_eq!(with_address(Some((15, 0, 0))), "both bound clicked handed");
    let all = "again both bound called clicked handed own";
    assert_eq!(with_address(Some((14, 2, 0))), all);
    assert_eq!(with_address(None), all);
}
