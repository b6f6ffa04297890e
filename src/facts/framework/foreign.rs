//! Backends in other languages: Python, Go and Ruby. Their code is not parsed here; keys, git and the
//! Backend API are judged all the same.

use super::{Ecosystem, Entry, EnvLoading, Framework, LOCAL_FIRST, Variables, backends};
use crate::facts::dotenv::Dialect;

const PYTHON_VARIABLES: Variables = Variables {
    publishable: &[],
    publishable_by_contract: false,
    secret: &["CLERK_SECRET_KEY"],
    secret_by_contract: false,
    webhook: &[],
    sign_in_url: &[],
    sign_up_url: &[],
    others: &[
        "CLERK_JWT_KEY",
        "CLERK_API_URL",
        "CLERK_PUBLISHABLE_KEY",
        "CLERK_WEBHOOK_SIGNING_SECRET",
    ],
};

/// Python without a web framework that is known here.
pub(super) const PYTHON: Framework = Framework {
    id: "python",
    name: "Python",
    ecosystem: Ecosystem::Python,
    sdks: &[],
    shared_sdks: &["clerk-backend-api", "clerk-sdk-python"],
    packages: &[],
    variables: PYTHON_VARIABLES,
    entry: Entry::Without("Python code is not read; check that every route tests `is_signed_in`"),
    ..backends::NODE
};

/// FastAPI.
pub(super) const FASTAPI: Framework = Framework {
    id: "fastapi",
    name: "FastAPI",
    sdks: &["fastapi-clerk-auth"],
    packages: &["fastapi"],
    ..PYTHON
};

/// Flask.
pub(super) const FLASK: Framework = Framework {
    id: "flask",
    name: "Flask",
    packages: &["flask"],
    ..PYTHON
};

/// Django.
pub(super) const DJANGO: Framework = Framework {
    id: "django",
    name: "Django",
    packages: &["django"],
    ..PYTHON
};

/// Go: the SDK reads no variable, `clerk.SetKey` takes the key.
pub(super) const GO: Framework = Framework {
    id: "go",
    name: "Go",
    ecosystem: Ecosystem::Go,
    sdks: &[],
    shared_sdks: &[
        "github.com/clerk/clerk-sdk-go/v2",
        "github.com/clerk/clerk-sdk-go",
        "github.com/clerkinc/clerk-sdk-go",
    ],
    packages: &[],
    variables: PYTHON_VARIABLES,
    entry: Entry::Without(
        "Go code is not read; check that every route uses RequireHeaderAuthorization or its own test",
    ),
    ..backends::NODE
};

/// Ruby: `clerk-sdk-ruby` reads `CLERK_SECRET_KEY` itself.
pub(super) const RUBY: Framework = Framework {
    id: "ruby",
    name: "Ruby",
    ecosystem: Ecosystem::Ruby,
    sdks: &["clerk-sdk-ruby", "clerk-rails"],
    shared_sdks: &[],
    packages: &["rails", "sinatra"],
    variables: Variables {
        secret_by_contract: true,
        others: &[
            "CLERK_API_BASE",
            "CLERK_SIGN_IN_URL",
            "CLERK_SIGN_IN_UP",
            "CLERK_USER_PROFILE_URL",
            "CLERK_PUBLISHABLE_KEY",
        ],
        ..PYTHON_VARIABLES
    },
    // dotenv-rails in RAILS_ENV=production.
    env: EnvLoading {
        dialect: Dialect::Dotenv,
        key_file: ".env",
        ..LOCAL_FIRST
    },
    entry: Entry::Without(
        "Ruby code is not read; check that controllers call require_clerk_session!",
    ),
    ..backends::NODE
};
