use proptest::prelude::*;

use super::*;

fn docker(text: &str) -> Dockerfile {
    docker::read("Dockerfile", text).unwrap()
}

fn deploy(path: &str, text: &str) -> Deploy {
    let mut deploy = Deploy::default();
    deploy.add(path, Kind::of(path).unwrap(), text);
    assert!(deploy.broken.is_empty(), "{:?}", deploy.broken);
    deploy
}

fn told(deploy: &Deploy) -> Vec<(String, Context, bool)> {
    let all = deploy.variables.iter();
    all.map(|one| (one.name.clone(), one.context, one.sure))
        .collect()
}

#[test]
fn a_dockerfile_is_read_over_continued_lines_comments_and_documents() {
    let file = docker(
        "# syntax=docker/dockerfile:1\nARG V=20\nFROM node:$V AS base\nENV A=1 \\\n  # why\n\n    B=\"two words\"\nENV OLD a value\nFROM base as builder\nARG KEY\nRUN <<EOF\nnpm run build\nEOF\nCOPY --chown=x:y --from=base [\"a b\", \"/app/\"]\nFROM base\nCOPY --from=builder /app/.next ./\n",
    );
    assert_eq!(file.stages.len(), 3);
    let set: Vec<(String, Given, At)> = file.stages[0]
        .settings("ENV")
        .map(|set| (set.name, set.given, set.at))
        .collect();
    assert_eq!(
        set[0],
        ("A".into(), Given::of("1"), At { line: 4, column: 5 })
    );
    assert_eq!(
        set[1],
        (
            "B".into(),
            Given::of("two words"),
            At { line: 7, column: 5 }
        )
    );
    assert_eq!(set[2].1, Given::of("a value"));
    assert_eq!(file.shipped(), [2, 0]);
    assert_eq!(file.building_stage().map(|(at, _)| at), Some(1));
    let copy = file.stages[1].copies().next().unwrap();
    assert_eq!(
        (copy.from.as_deref(), copy.sources, copy.target.as_str()),
        (Some("base"), vec!["a b".to_owned()], "/app/")
    );
}

#[test]
fn the_escape_of_windows_is_kept() {
    let file = docker("# escape=`\nFROM x\nENV A=1 `\n B=2\n");
    assert_eq!(file.stages[0].settings("ENV").count(), 2);
}

#[test]
fn a_broken_dockerfile_is_said_with_its_place() {
    for (text, line) in [
        ("FROM a\nRUM x\n", 2),
        ("RUN x\n", 1),
        ("", 1),
        ("FROM a\nRUN <<EOF\nx\n", 2),
    ] {
        assert_eq!(
            docker::read("Dockerfile", text).unwrap_err().line,
            line,
            "{text:?}"
        );
    }
    assert!(docker::read("Dockerfile", "FROM {{ base }}\n{% if x %}\nRUN y\n").is_ok());
}

#[test]
fn hosts_say_for_which_deployments_a_variable_counts() {
    let netlify = deploy(
        "netlify.toml",
        "[build.environment]\nA = '1'\nB = '1'\n[context.production.environment]\nB = '2'\n[context.deploy-preview.environment]\nC = '3'\n",
    );
    let contexts: Vec<Context> = netlify.variables.iter().map(|one| one.context).collect();
    assert_eq!(
        contexts,
        [
            Context::Everywhere,
            Context::Preview,
            Context::Production,
            Context::Preview
        ]
    );
    let worker = deploy(
        "wrangler.jsonc",
        r#"{"vars":{"A":"1"},"env":{"production":{"vars":{"A":"2"}},"preview":{"vars":{"A":"3"}}}}"#,
    );
    let contexts: Vec<Context> = worker.variables.iter().map(|one| one.context).collect();
    assert_eq!(
        contexts,
        [Context::Unknown, Context::Production, Context::Preview]
    );
    let render = deploy(
        "render.yaml",
        "services:\n  - name: web\n    envVars:\n      - key: A\n        value: 1\n        previewValue: 2\n      - key: B\n        sync: false\n",
    );
    assert_eq!(
        told(&render),
        [
            ("A".into(), Context::Production, true),
            ("A".into(), Context::Preview, true)
        ]
    );
}

#[test]
fn a_workflow_says_where_its_jobs_deploy_and_what_they_wait_for() {
    let found = deploy(
        ".github/workflows/deploy.yml",
        "on:\n  push:\n    branches: [main]\nenv:\n  W: 1\njobs:\n  gate:\n    steps:\n      - run: npx clerk-audit . || true\n  build:\n    needs: gate\n  ship:\n    needs: [build]\n    steps:\n      - run: npm run build\n        env:\n          A: ${{ secrets.CLERK_SECRET_KEY_TEST }}\n      - run: npx wrangler deploy\n",
    );
    let pipeline = &found.pipelines[0];
    assert!(pipeline.waits("ship", "gate") && !pipeline.waits("gate", "ship"));
    assert!(pipeline.jobs[0].steps[0].is_gate() && pipeline.jobs[0].steps[0].swallows());
    assert_eq!(pipeline.jobs[2].context, Context::Production);
    let named = found.variables.iter().find(|one| one.name == "A").unwrap();
    assert_eq!(
        named.given,
        Given::Named(vec!["CLERK_SECRET_KEY_TEST".into()])
    );
    assert!(named.sure && named.context == Context::Production);
    assert_eq!((named.at.line, named.at.column), (17, 14));
}

#[test]
fn gitlab_jobs_wait_for_the_stages_before_theirs() {
    let found = deploy(
        ".gitlab-ci.yml",
        "stages: [check, ship]\n.hidden:\n  script: x\naudit:\n  stage: check\n  script:\n    - clerk-audit\ndeploy:\n  stage: ship\n  environment: production\n  script: fly deploy\n",
    );
    let pipeline = &found.pipelines[0];
    assert_eq!(pipeline.jobs.len(), 2);
    assert!(pipeline.waits("deploy", "audit"));
    assert_eq!(pipeline.jobs[1].context, Context::Production);
}

#[test]
fn the_headers_of_an_inner_block_replace_those_around_it() {
    let text = "http {\n proxy_set_header Host $host;\n proxy_set_header X-Forwarded-Proto $scheme;\n server {\n  location / { proxy_pass http://web:3000; }\n  location /ws {\n   proxy_set_header Upgrade $http_upgrade; # \"}\n   proxy_pass http://web:3000;\n  }\n  location /x { include snippets/p.conf; proxy_pass http://web; }\n  location /cdn { proxy_pass https://cdn.example.com; }\n }\n}\n";
    let found = deploy("nginx.conf", text).proxies;
    let told: Vec<(u32, usize)> = found
        .iter()
        .map(|one| (one.at.line, one.missing.len()))
        .collect();
    assert_eq!(told, [(5, 0), (8, 2)]);
    assert!(proxy::nginx::read("n", "server {\n proxy_pass http://a;\n").is_err());
    assert!(proxy::nginx::read("n", "proxy_pass http://a; {\n}}\n").is_err());
}

#[test]
fn an_environment_is_known_by_a_word() {
    for (name, context) in [
        ("CLERK_SECRET_KEY_PROD", Some(Context::Production)),
        ("clerk-test-key", Some(Context::Preview)),
        ("production-preview", None),
        ("latest", None),
        ("CLERK_SECRET_KEY", None),
    ] {
        assert_eq!(environment_of(name), context, "{name}");
    }
}

#[test]
fn hostile_texts_end_soon() {
    for text in [
        "{".repeat(100_000),
        "proxy_pass http://a {".repeat(20_000),
        "\"".repeat(100_001),
        "a \\\n".repeat(50_000),
    ] {
        let _ = proxy::nginx::read("n", &format!("proxy_pass {{ {text}"));
        let _ = docker::read("d", &format!("FROM a\nENV {text}"));
        let _ = proxy::caddy::read("c", &text);
    }
    let many = format!("FROM a\nENV {}", "A=1 ".repeat(200_000));
    assert!(docker(&many).variables().is_empty());
    let documents = format!("FROM a\nRUN {}", "<<A ".repeat(50_000));
    assert!(docker::read("d", &documents).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "(?s)(FROM |ENV |COPY |RUN |<<|\\\\|\n|=|\"|'|\\[|\\{|\\}|;|proxy_pass |http://|\\$|#|é|a| ){0,60}") {
        for kind in [Kind::Dockerfile, Kind::Nginx, Kind::Caddyfile, Kind::Compose, Kind::Actions, Kind::GitLab] {
            Deploy::default().add("x.yml", kind, &text);
        }
    }
}
