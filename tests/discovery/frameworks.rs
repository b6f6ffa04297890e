//! One small project for each framework.

use std::collections::BTreeSet;

use clerk_audit::facts::framework;

use crate::found;

/// A dependency with its exact version.
type Dependency = (&'static str, &'static str);

/// `id`, dependencies, the version that is reported for the framework.
const NPM: &[(&str, &[Dependency], &str)] = &[
    (
        "next",
        &[
            ("@clerk/nextjs", "7.0.1"),
            ("next", "16.0.3"),
            ("react", "19.0.0"),
        ],
        "16.0.3",
    ),
    (
        "next",
        &[("@clerk/clerk-react", "5.0.0"), ("next", "14.2.0")],
        "14.2.0",
    ),
    (
        "astro",
        &[
            ("@clerk/astro", "2.1.0"),
            ("astro", "5.1.0"),
            ("react", "19.0.0"),
        ],
        "5.1.0",
    ),
    (
        "nuxt",
        &[
            ("@clerk/nuxt", "1.0.0"),
            ("nuxt", "4.0.1"),
            ("vue", "3.5.0"),
        ],
        "4.0.1",
    ),
    (
        "tanstack-start",
        &[
            ("@clerk/tanstack-react-start", "1.0.0"),
            ("@tanstack/react-start", "1.168.0"),
            ("vite", "7.0.0"),
        ],
        "1.168.0",
    ),
    (
        "react-router",
        &[
            ("@clerk/react-router", "1.3.0"),
            ("react-router", "7.5.2"),
            ("vite", "6.0.0"),
        ],
        "7.5.2",
    ),
    (
        "remix",
        &[
            ("@clerk/remix", "4.0.0"),
            ("@remix-run/react", "2.8.0"),
            ("vite", "6.0.0"),
        ],
        "2.8.0",
    ),
    (
        "sveltekit",
        &[
            ("svelte-clerk", "0.9.0"),
            ("@sveltejs/kit", "2.19.0"),
            ("vite", "6.0.0"),
        ],
        "2.19.0",
    ),
    (
        "browser-extension",
        &[
            ("@clerk/chrome-extension", "2.1.7"),
            ("wxt", "0.19.22"),
            ("react", "18.3.1"),
        ],
        "0.19.22",
    ),
    (
        "browser-extension",
        &[
            ("@clerk/chrome-extension", "2.1.7"),
            ("plasmo", "0.89.0"),
            ("react", "18.3.1"),
        ],
        "0.89.0",
    ),
    (
        "expo",
        &[
            ("@clerk/clerk-expo", "2.0.0"),
            ("expo", "54.0.0"),
            ("react-native", "0.81.0"),
        ],
        "54.0.0",
    ),
    (
        "expo",
        &[("@clerk/expo", "3.7.6"), ("expo", "54.0.0")],
        "54.0.0",
    ),
    (
        "vue",
        &[("@clerk/vue", "1.0.0"), ("vue", "3.5.1"), ("vite", "6.0.0")],
        "3.5.1",
    ),
    (
        "react-cra",
        &[
            ("@clerk/clerk-react", "5.0.0"),
            ("react-scripts", "5.0.1"),
            ("react", "18.3.1"),
        ],
        "18.3.1",
    ),
    (
        "react-vite",
        &[
            ("@clerk/clerk-react", "5.0.0"),
            ("vite", "6.0.0"),
            ("react", "19.0.1"),
        ],
        "19.0.1",
    ),
    (
        "react-vite",
        &[
            ("@clerk/react", "6.0.0"),
            ("vite", "6.0.0"),
            ("react", "19.0.1"),
        ],
        "19.0.1",
    ),
    ("javascript", &[("@clerk/clerk-js", "5.0.0")], "?"),
    (
        "nest",
        &[
            ("@clerk/backend", "1.7.0"),
            ("@nestjs/core", "11.1.18"),
            ("express", "5.0.0"),
        ],
        "11.1.18",
    ),
    (
        "express",
        &[("@clerk/express", "2.0.0"), ("express", "5.1.0")],
        "5.1.0",
    ),
    (
        "express",
        &[("@clerk/clerk-sdk-node", "5.0.0"), ("express", "4.1.0")],
        "4.1.0",
    ),
    (
        "fastify",
        &[("@clerk/fastify", "3.0.0"), ("fastify", "5.1.0")],
        "5.1.0",
    ),
    (
        "hono",
        &[
            ("@hono/clerk-auth", "3.0.0"),
            ("@clerk/backend", "2.0.0"),
            ("hono", "4.1.0"),
        ],
        "4.1.0",
    ),
    (
        "hono",
        &[("@clerk/hono", "0.1.0"), ("hono", "4.1.0")],
        "4.1.0",
    ),
    ("node", &[("@clerk/backend", "2.0.0")], "?"),
];

#[test]
fn each_framework_is_known_by_its_packages() {
    for (id, dependencies, version) in NPM {
        let list: Vec<String> = dependencies
            .iter()
            .map(|(name, version)| format!("\"{name}\":\"{version}\""))
            .collect();
        let manifest = format!(
            "{{\"scripts\":{{\"start\":\"x\"}},\"dependencies\":{{{}}}}}",
            list.join(",")
        );
        let code = format!("import \"{}\";\n", dependencies[0].0);
        let apps = found(&[("package.json", &manifest), ("src/index.ts", &code)]);
        assert_eq!(apps.len(), 1, "{id}: {apps:?}");
        let clerk = dependencies
            .iter()
            .filter(|(name, _)| name.contains("clerk"));
        let mut clerk: Vec<String> = clerk
            .map(|(name, version)| format!(", {name} {version}"))
            .collect();
        clerk.sort();
        assert_eq!(apps[0], format!(".: app {id} {version}{}", clerk.concat()));
    }
}

#[test]
fn python_is_known_by_every_kind_of_manifest() {
    let pyproject = "[project]\nname = \"api\"\ndependencies = [\n  \"clerk-backend-api>=3.0\",\n  \"FRAMEWORK==1.2.3\",\n]\n";
    let poetry =
        "[tool.poetry.dependencies]\nclerk-backend-api = \">=3.0\"\nFRAMEWORK = \"==1.2.3\"\n";
    let requirements =
        "# ours\nclerk-backend-api>=3.0\nFRAMEWORK[standard]==1.2.3 ; python_version > '3.9'\n";
    let pipfile = "[packages]\nclerk-backend-api = \">=3.0\"\nFRAMEWORK = \"==1.2.3\"\n";
    for (id, name) in [
        ("fastapi", "FastAPI"),
        ("flask", "Flask"),
        ("django", "Django"),
    ] {
        for (file, text) in [
            ("pyproject.toml", pyproject),
            ("pyproject.toml", poetry),
            ("requirements.txt", requirements),
            ("requirements-prod.txt", requirements),
            ("Pipfile", pipfile),
        ] {
            let text = text.replace("FRAMEWORK", name);
            let path = format!("services/api/{file}");
            let apps = found(&[
                (&path, &text),
                (
                    "services/api/main.py",
                    "from clerk_backend_api import Clerk\n",
                ),
            ]);
            assert_eq!(
                apps,
                [format!(
                    "services/api: app {id} ==1.2.3, clerk-backend-api >=3.0"
                )],
                "{file}\n{text}"
            );
        }
    }
    let apps = found(&[
        ("requirements.txt", "clerk-backend-api\n"),
        ("main.py", "import clerk_backend_api\n"),
    ]);
    assert_eq!(apps, [".: app python ?, clerk-backend-api ?"]);
}

#[test]
fn two_manifests_of_one_python_app_are_one_app() {
    let apps = found(&[
        (
            "pyproject.toml",
            "[project]\ndependencies = [\"clerk-backend-api\", \"fastapi\"]\n",
        ),
        (
            "requirements.txt",
            "clerk-backend-api==3.1.0\nfastapi==0.115.0\n",
        ),
        ("main.py", "from clerk_backend_api import Clerk\n"),
    ]);
    assert_eq!(apps.len(), 1, "{apps:?}");
}

#[test]
fn go_is_known_by_its_module_file() {
    let apps = found(&[
        (
            "api/go.mod",
            "module acme.test/api\n\ngo 1.24\n\nrequire (\n\tgithub.com/clerk/clerk-sdk-go/v2 v2.3.1\n\tgithub.com/gin-gonic/gin v1.10.0\n)\n",
        ),
        (
            "api/main.go",
            "package main\n\nimport \"github.com/clerk/clerk-sdk-go/v2\"\n",
        ),
    ]);
    assert_eq!(
        apps,
        ["api: app go ?, github.com/clerk/clerk-sdk-go/v2 v2.3.1"]
    );
}

#[test]
fn ruby_is_known_by_its_gemfile() {
    let gemfile = "source 'https://rubygems.org'\ngem 'rails', '~> 8.0'\ngem \"clerk-sdk-ruby\", \"~> 4.0\", require: \"clerk\"\n";
    let lock = "GEM\n  remote: https://rubygems.org/\n  specs:\n    clerk-sdk-ruby (4.2.1)\n    rails (8.0.2)\n\nDEPENDENCIES\n  clerk-sdk-ruby (~> 4.0)\n  rails (~> 8.0)\n";
    let code = (
        "app/controllers/a_controller.rb",
        "include Clerk::Authenticatable\n",
    );
    assert_eq!(
        found(&[("Gemfile", gemfile), code]),
        [".: app ruby ~> 8.0, clerk-sdk-ruby ~> 4.0"]
    );
    assert_eq!(
        found(&[("Gemfile", gemfile), ("Gemfile.lock", lock), code]),
        [".: app ruby 8.0.2, clerk-sdk-ruby 4.2.1"]
    );
}

#[test]
fn a_front_end_and_a_back_end_of_two_languages_are_two_apps() {
    let apps = found(&[
        (
            "package.json",
            r#"{"dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#,
        ),
        ("app/layout.tsx", "import '@clerk/nextjs';\n"),
        (
            "api/requirements.txt",
            "fastapi-clerk-auth==0.0.7\nfastapi==0.115.0\n",
        ),
        (
            "api/index.py",
            "from fastapi_clerk_auth import ClerkConfig\n",
        ),
    ]);
    assert_eq!(
        apps,
        [
            ".: app next 16.0.0, @clerk/nextjs 7.0.0",
            "api: app fastapi ==0.115.0, fastapi-clerk-auth ==0.0.7"
        ]
    );
    // Vercel puts both into one folder.
    let apps = found(&[
        (
            "package.json",
            r#"{"dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#,
        ),
        ("app/layout.tsx", "import '@clerk/nextjs';\n"),
        (
            "requirements.txt",
            "fastapi-clerk-auth==0.0.7\nfastapi==0.115.0\n",
        ),
        (
            "api/index.py",
            "from fastapi_clerk_auth import ClerkConfig\n",
        ),
    ]);
    assert_eq!(apps.len(), 2, "{apps:?}");
}

#[test]
fn every_framework_is_tried_here() {
    let tried: BTreeSet<&str> = NPM.iter().map(|(id, ..)| *id).collect();
    let others = ["fastapi", "flask", "django", "python", "go", "ruby"];
    for framework in framework::ALL {
        assert!(
            tried.contains(framework.id) || others.contains(&framework.id),
            "{}",
            framework.id
        );
    }
}
