//! TanStack Start with `@clerk/tanstack-react-start`.

use super::{Entry, Framework, react_router};

/// Names as in React Router (`src/utils/env.ts`, `src/server/constants.ts` of the SDK's version 1).
pub(super) const TANSTACK_START: Framework = Framework {
    id: "tanstack-start",
    name: "TanStack Start",
    sdks: &["@clerk/tanstack-react-start", "@clerk/tanstack-start"],
    packages: &["@tanstack/react-start", "@tanstack/start"],
    entry: Entry::File {
        stems: &["src/start", "app/start", "src/server", "app/ssr", "src/ssr"],
        extensions: &["ts", "tsx", "js", "jsx"],
        exports: &["startInstance", "default"],
        calls: &["clerkMiddleware", "createClerkHandler"],
        example: "export const startInstance = createStart(() => ({ requestMiddleware: [clerkMiddleware()] })) in src/start.ts",
    },
    ..react_router::REACT_ROUTER
};
