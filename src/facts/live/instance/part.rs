//! The questions about an instance, one for each list and setting.

/// A list or setting of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its domains.
    Domains,
    /// The keys that sign its sessions.
    SigningKeys,
    /// Where native apps and OAuth may come back to.
    RedirectUrls,
    /// Its JWT templates.
    JwtTemplates,
    /// Where SMS go to.
    Communication,
    /// Clerk Protect.
    Protect,
    /// Its settings as an OAuth server.
    OauthSettings,
    /// Its clients as an OAuth server.
    OauthApplications,
    /// Whether it has organizations, and how people come into them.
    Organizations,
    /// The roles of its organizations.
    Roles,
    /// The permissions of its organizations.
    Permissions,
    /// The number of entries of its allow-list.
    Allowlist,
    /// The number of entries of its block-list.
    Blocklist,
    /// Its connections to the sign-in of companies.
    Connections,
    /// The number of its people.
    Users,
}

impl Part {
    /// Every one, what others wait for first.
    pub const ALL: &[Part] = &[
        Part::Domains,
        Part::SigningKeys,
        Part::Organizations,
        Part::Roles,
        Part::Permissions,
        Part::JwtTemplates,
        Part::RedirectUrls,
        Part::Communication,
        Part::Protect,
        Part::OauthSettings,
        Part::OauthApplications,
        Part::Allowlist,
        Part::Blocklist,
        Part::Connections,
        Part::Users,
    ];

    /// The path below the version prefix, with its query. A page is as large as Clerk allows, or as an
    /// answer may be; of a list of people only the count is asked for.
    pub const fn path(self) -> &'static str {
        match self {
            Part::Domains => "/domains",
            Part::SigningKeys => "/jwks",
            Part::RedirectUrls => "/redirect_urls?paginated=true&limit=500",
            Part::JwtTemplates => "/jwt_templates?paginated=true&limit=500",
            Part::Communication => "/instance/communication",
            Part::Protect => "/instance/protect",
            Part::OauthSettings => "/instance/oauth_application_settings",
            Part::OauthApplications => "/oauth_applications?limit=200",
            Part::Organizations => "/instance/organization_settings",
            Part::Roles => "/organization_roles?limit=100",
            Part::Permissions => "/organization_permissions?limit=500",
            Part::Allowlist => "/allowlist_identifiers?paginated=true&limit=1",
            Part::Blocklist => "/blocklist_identifiers",
            Part::Connections => "/enterprise_connections?limit=100",
            Part::Users => "/users/count",
        }
    }

    /// The address without host and query, as it is shown.
    pub fn shown(self) -> String {
        let path = self.path();
        format!("/v1{}", path.split('?').next().unwrap_or(path))
    }

    /// What it is about, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Part::Domains => "domains",
            Part::SigningKeys => "signing keys",
            Part::RedirectUrls => "redirect URLs",
            Part::JwtTemplates => "JWT templates",
            Part::Communication => "communication settings",
            Part::Protect => "Clerk Protect",
            Part::OauthSettings => "OAuth settings",
            Part::OauthApplications => "OAuth applications",
            Part::Organizations => "organization settings",
            Part::Roles => "organization roles",
            Part::Permissions => "organization permissions",
            Part::Allowlist => "allow-list",
            Part::Blocklist => "block-list",
            Part::Connections => "enterprise connections",
            Part::Users => "count of people",
        }
    }
}
