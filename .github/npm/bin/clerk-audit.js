#!/usr/bin/env node
// Finds the program in the package for this platform, and becomes it as far as Node.js can.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const packages = {
  "darwin-arm64": "@clerk-audit/darwin-arm64",
  "darwin-x64": "@clerk-audit/darwin-x64",
  "linux-arm64": "@clerk-audit/linux-arm64",
  "linux-x64": "@clerk-audit/linux-x64",
  "win32-x64": "@clerk-audit/win32-x64",
};

// 2 is the program's own code for what is wrong before an audit begins.
function fail(...lines) {
  for (const line of lines) console.error(`clerk-audit: ${line}`);
  process.exit(2);
}

function program() {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (!name) {
    fail(`there is no build for ${platform}; cargo install builds one from source`);
  }
  const file = process.platform === "win32" ? "clerk-audit.exe" : "clerk-audit";
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    fail(
      `the package ${name} is not installed.`,
      "It is an optional dependency of clerk-audit: install again without --omit=optional (--no-optional),",
      `and, where node_modules was copied from another platform, on this one (${platform}).`,
    );
  }
}

// A terminal signals both of us: the child decides how it ends, and we end as it did.
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
let child;
for (const signal of signals) process.on(signal, () => child.kill(signal));

// Node.js takes `--env-file` for its own even behind the script, unless a `--` stands before it
// (nodejs/node#54232).
const args = process.argv.slice(2);
if (args[0] === "--") args.shift();

child = spawn(program(), args, { stdio: "inherit" });
child.on("error", (error) => fail(`cannot start the program: ${error.message}`));
child.on("exit", (code, signal) => {
  if (!signal) process.exit(code);
  for (const one of signals) process.removeAllListeners(one);
  // Whoever waits for us sees the same signal; where it did not end us, its number says it.
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 200);
});
