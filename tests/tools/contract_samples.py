#!/usr/bin/env python3
"""Sample answers out of Clerk's OpenAPI documents, and the query parameters that they document.

    python3 tests/tools/contract_samples.py <checkout of clerk/openapi-specs> <its commit>

writes fixtures/contract/. The shapes are those of the documents, the values are made up. Every file has the
same answer three times: `full` with all that is documented, `minimal` with what is required, and `nulls`
with `null` wherever that is allowed. Needs PyYAML.
"""

import json
import pathlib
import sys

import yaml

VERSION = "2026-05-12"
ROOT = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "contract"

BACKEND = [
    "/instance", "/domains", "/jwks", "/users/count", "/redirect_urls", "/jwt_templates",
    "/allowlist_identifiers", "/blocklist_identifiers", "/instance/communication", "/instance/protect",
    "/instance/oauth_application_settings", "/instance/organization_settings", "/oauth_applications",
    "/enterprise_connections", "/organization_roles", "/organization_permissions",
]
FRONTEND = [
    "/v1/environment", "/v1/health", "/v1/account_portal", "/v1/proxy-health", "/.well-known/jwks.json",
    "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
]
# Values that mean something to whoever reads them.
KNOWN = {
    "environment_type": "production", "instance_environment_type": "production", "name": "acme.shop",
    "frontend_api_url": "https://clerk.acme.shop", "url": "https://acme.shop/callback", "kid": "ins_acme",
    "n": "sXch3nUhoi-VAb", "e": "AQAB", "kty": "RSA", "alg": "RS256", "use": "sig", "host": "clerk.acme.shop",
    "key": "org:admin", "id": "id_acme", "issuer": "https://clerk.acme.shop", "identifier": "*@corp.example",
    "lifetime": 60, "total_count": 1, "record_type": "CNAME",
}


class Sampler:
    def __init__(self, document, mode):
        self.document = document
        self.mode = mode

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"].lstrip("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def flat(self, schema):
        """One schema out of `allOf`; of alternatives the first that is not null."""
        schema = dict(self.resolve(schema))
        for part in schema.pop("allOf", []):
            part = self.flat(part)
            merged = {**part, **schema}
            merged["properties"] = {**part.get("properties", {}), **schema.get("properties", {})}
            merged["required"] = sorted({*part.get("required", []), *schema.get("required", [])})
            schema = merged
        for word in ("oneOf", "anyOf"):
            choices = [self.flat(one) for one in schema.pop(word, [])]
            real = [one for one in choices if one.get("type") != "null"]
            if len(real) < len(choices):
                schema["nullable"] = True
            # Of the kinds of keys the one that Clerk signs with.
            real.sort(key=lambda one: "n" not in one.get("properties", {}))
            if real:
                nullable = schema.get("nullable", False)
                schema = {**real[0], **schema, "nullable": nullable or real[0].get("nullable", False)}
        return schema

    def sample(self, schema, name="", depth=0):
        schema = self.flat(schema)
        kind = schema.get("type")
        if isinstance(kind, list):
            if "null" in kind:
                schema["nullable"] = True
            kind = next((one for one in kind if one != "null"), None)
        if self.mode == "nulls" and schema.get("nullable") and depth > 0:
            return None
        if depth > 12:
            return {}
        values = [value for value in schema.get("enum", []) if value is not None]
        if values:
            return values[0]
        if kind == "object" or "properties" in schema:
            required = schema.get("required", [])
            fields = schema.get("properties", {})
            chosen = [one for one in fields if self.mode != "minimal" or one in required]
            made = {one: self.sample(fields[one], one, depth + 1) for one in chosen}
            extra = schema.get("additionalProperties")
            if not fields and isinstance(extra, dict) and self.mode != "minimal":
                made["acme"] = self.sample(extra, "acme", depth + 1)
            return made
        if kind == "array":
            if self.mode == "minimal" and depth > 1:
                return []
            return [self.sample(schema.get("items", {}), name, depth + 1)]
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            return KNOWN.get(name, max(schema.get("minimum", 1), 1))
        if kind == "string":
            if name in KNOWN and isinstance(KNOWN[name], str):
                return KNOWN[name]
            return "https://acme.shop" if name.endswith(("_url", "_uri", "_uris", "_endpoint")) else f"acme {name}"
        return {}


def parameters(document, operation):
    found = {}
    for one in operation.get("parameters", []):
        one = Sampler(document, "full").resolve(one)
        if one["in"] == "query":
            schema = Sampler(document, "full").flat(one.get("schema", {}))
            found[one["name"]] = schema.get("maximum")
    return found


def write(folder, path, document, source):
    operation = document["paths"][path]["get"]
    resolver = Sampler(document, "full")
    answer = resolver.resolve(operation["responses"]["200"])
    schema = answer["content"]["application/json"]["schema"]
    name = path.removeprefix("/v1").strip("/").replace("/", "_").removeprefix(".well-known_")
    sample = {"source": source, "path": path}
    for mode in ("full", "minimal", "nulls"):
        sample[mode] = Sampler(document, mode).sample(schema)
    text = json.dumps(sample, indent=2, ensure_ascii=False)
    (folder / f"{name.removesuffix('.json')}.json").write_text(text + "\n")
    return parameters(document, operation)


def main():
    checkout, commit = pathlib.Path(sys.argv[1]), sys.argv[2]
    for api, paths in (("bapi", BACKEND), ("fapi", FRONTEND)):
        source = f"clerk/openapi-specs@{commit} {api}/{VERSION}.yml"
        document = yaml.safe_load((checkout / api / f"{VERSION}.yml").read_text())
        folder = ROOT / f"{api}-{VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        errors = document["components"]["responses"]["ClerkErrors"]["content"]["application/json"]["schema"]
        sample = {"source": source, "path": "errors"}
        for mode in ("full", "minimal", "nulls"):
            sample[mode] = Sampler(document, mode).sample(errors)
        (folder / "errors.json").write_text(json.dumps(sample, indent=2) + "\n")
        documented = {path: write(folder, path, document, source) for path in paths}
        (folder / "parameters.json").write_text(
            json.dumps({"source": source, "query": documented}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()
