//! What the help closes with. A paragraph is one line, which is wrapped to the terminal; what has to keep
//! its lines (a table, an example) is indented, and short enough for most.

/// After `-h`: what one looks up.
pub(super) const AUDIT_SHORT: &str = "\
Exit codes: 0 ready, 1 not ready, 2 wrong usage, 3 incomplete
All options, with examples: clerk-audit --help";

/// After `--help`.
pub(super) const AUDIT: &str = "\
Exit codes, the same for every format:
  0    ready       nothing at or above --fail-on, and every selected check was
                   judged
  1    not ready   findings at or above --fail-on
  2    usage       a wrong option or an invalid clerk-audit.toml
  3    incomplete  nothing to audit, or a selected check could not be judged
  130  interrupted

Examples:
  clerk-audit
      audit this directory for production
  clerk-audit --env-file .env.production
      judge the values of exactly this file
  vercel pull --environment=production && clerk-audit
      what Vercel would build with
  doppler secrets download --no-file --format env | clerk-audit --env-file -
      the values of a vault
  clerk-audit --no-env --offline
      the code alone, on any machine
  clerk-audit --url https://acme.shop
      the deployed site too, as a signed-out visitor
  clerk-audit --output json=report.json
      a table here, a report there
  clerk-audit --fix
      mend what is beyond doubt, then audit again
  clerk-audit --fix=review > fixes.patch
      the rest, as a diff to read and to `git apply`
  clerk-audit explain env/secret-key-missing
      what a check looks at, and how to fix it

In GitHub Actions, human and github add the Markdown report to the summary of the step too: the file that GITHUB_STEP_SUMMARY names. No format is ever chosen by itself.

The format agent writes status, check, place and message, with tabs between them, then `fix:` and `verify:` where there are any. FAIL, WARN and ERR (not judged) are one line each; SKIP and ACK only count. The last line is always there: the verdict, what it rests on, and the exit code.

What is sent: questions, by GET. With your secret key to Clerk's Backend API alone; without it to the Frontend API, the DNS and the hosts of your own domain, and to Clerk's status page. Your site is asked with --url only, your webhook endpoint with --webhook-url only; --offline sends nothing at all. No secret is ever printed.";

pub(super) const ATTEST: &str = "\
Some rows of the production checklist no program can see: whether a monitor wakes somebody, who owns an incident. A person attests them, in [attest] of clerk-audit.toml, with a name and a last day. An audit lists them as attested, expired or open; with --strict those that are not attested fail it.

Examples:
  clerk-audit attest
      what is open, and how to find out
  clerk-audit attest uptime-monitor --by Ada --until 2027-05-31
  clerk-audit attest user-import --by Ada --not-applicable --note 'a new app'

The day is that of SOURCE_DATE_EPOCH where it is set. Only that line of the file is changed.";

pub(super) const ROUTES: &str = "\
The visitor carries no session and knows no secret. Of each route the code is followed, first the middleware and then the page, handler or action itself, to one of these ends:
  reached     the visitor gets to the work, and nobody said that this is meant
  undecided   it could not be followed
  credential  something other than a session decides: a webhook signature, an
              API key
  public      the visitor gets to the work, and the route is declared public
  stopped     the visitor is redirected or refused before the work begins;
              `middleware only` means that nothing but the middleware does so

A route is declared public by a public list of the middleware, by `[routes] public` in clerk-audit.toml, or by what it is: a sign-in page, robots.txt.

Examples:
  clerk-audit routes
      the map of this directory
  clerk-audit routes --only reached,undecided
      what a reviewer should look at
  clerk-audit routes --path '/api/**' --method POST
      the part that changes data
  clerk-audit routes --url /api/orders/7 --why
      one request, step by step
  clerk-audit routes --format markdown > ROUTES.md
      a table to review with the code

No code of the project runs, and nothing is sent over the network.";

pub(super) const TRIAGE: &str = "\
Sign-in is broken, and nobody knows whose fault it is. This looks at everything at once and says within five seconds which of these it is, how grave it is, what to do, what not to do, and what to watch:
  unknown             no network here, or the evidence does not tell
  bypass-active       an emergency bypass lets visitors in           critical
  clerk-outage        Clerk itself does not answer as it should      critical
  host-down           the site or its host is down                   high
  keys                a key is wrong, revoked, of another instance   critical
  middleware-failure  what the middleware covers answers 500         high
  dns-tls             a record or a certificate is wrong             high
  key-compromised     a secret key is in the wrong hands             critical
  session-trouble     sessions end or loop                           medium
  rate-limited        Clerk answers 429                              medium
  webhook-backlog     webhooks do not arrive                         low
  healthy             nothing is wrong as far as can be seen

The first that fits is the main one; the others that fit are listed too. One sign of an outage makes it suspected, two make it sure.

What is asked of whom, in one look, by GET and HEAD:
  status.clerk.com  summary.json
  the Backend API   the instance and counts of users, with your secret key;
                    without one, whether it answers
  the Frontend API  health, environment, signing keys; the front page of the
                    account portal
  two resolvers     the record of the Frontend API, Clerk's own, example.com
  the site (--url)  front page, a static file, an API path, health, --protected
                    paths, and the front page with two forged tokens, which
                    show whether the deployed secret key works
  --webhook-url     one POST of an event that is not signed and that no handler
                    acts on
  example.com and one.one.one.one, to tell whether this machine is online

With --watch the forged tokens and the POST are sent at the first look, and later only when something else changed, or after a minute while they alone show a fault; otherwise their last answers stand, with their time.

The keys are those of the environment and the env files of DIR, which need not be a project. The secret key goes to the Backend API alone. A look waits 4 s for an answer, whatever --timeout says; --sample, --rate and --send-signed-test are for the audit and change nothing here.

Exit codes:
  0    healthy
  1    an incident
  2    usage
  3    it cannot be told
  130  interrupted while it watched

Examples:
  clerk-audit triage --url https://acme.shop --protected /dashboard
  clerk-audit triage --url https://acme.shop --db-count 12840
  clerk-audit triage --url https://acme.shop --watch 30 --report incident.md
  clerk-audit triage --env-file .env.production --format json";

pub(super) const ROTATE: &str = "\
Checks a rotation of the secret key, step by step:
  well-formed       both are secret keys of the same kind
  new-works         Clerk takes the new key
  same-instance     it is of the instance of the old one, or of the
                    publishable key
  old-dead          Clerk refuses the old key: it was deleted
  site-uses-new     the deployed site (--url) has a key that works, by two
                    forged tokens
  repository-clean  neither key is in the files of the repository; with
                    --history, in its history either
  build-clean       neither key is in what a build wrote for the browser

A rotation goes: create the new key, deploy it everywhere, see that it is used, delete the old one. Rotating ends no session, and changes neither the publishable key nor the webhook secret.

The old key comes from CLERK_OLD_SECRET_KEY or --old-from, the new one from --new-from, or from the environment and the env files of DIR. A key on the command line would be in the history of your shell. Each is sent to the Backend API alone: one GET of the instance.

COMPLETE, in JSON the verdict complete, says that every step passed, with the history. Where a step was skipped or the history was not searched, it is COMPLETE as far as it was asked, in JSON complete-as-asked. The other verdicts are not-complete and incomplete: a step failed, or could not be judged.

Exit codes:
  0  every step that was asked passed
  1  a step failed
  2  usage
  3  a step could not be judged

Examples:
  CLERK_OLD_SECRET_KEY=… clerk-audit rotate-check --url https://acme.shop
  pass show clerk/old | clerk-audit rotate-check --old-from - --new-from new.txt
  clerk-audit rotate-check --old-from old.txt --history";

pub(super) const INIT: &str = "\
The project is looked at without the network: its apps, env files, webhooks and routes. Everything in the file that would change a verdict is commented out, so that an audit decides the same before and after: uncomment what is meant.

Examples:
  clerk-audit init                 write clerk-audit.toml here
  clerk-audit init --print         see it first
  clerk-audit init --workflow      write .github/workflows/clerk-audit.yml too

Exit codes:
  0  written, or printed
  2  usage, or a file that stands there already; --force replaces
     clerk-audit.toml, a workflow is never replaced";

pub(super) const COMPLETIONS: &str = "\
Where a shell looks for them:
  bash
      clerk-audit completions bash \\
        > ~/.local/share/bash-completion/completions/clerk-audit
  zsh, in a directory of $fpath
      clerk-audit completions zsh > _clerk-audit
  fish
      clerk-audit completions fish \\
        > ~/.config/fish/completions/clerk-audit.fish
  powershell, in $PROFILE
      clerk-audit completions powershell | Out-String | Invoke-Expression
  elvish, in rc.elv
      eval (clerk-audit completions elvish | slurp)
  nushell, then `use` it in config.nu
      clerk-audit completions nushell | save clerk-audit.nu";

pub(super) const MAN: &str = "\
Examples:
  clerk-audit man | man -l -
  clerk-audit man routes > ~/.local/share/man/man1/clerk-audit-routes.1";
