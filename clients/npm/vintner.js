#!/usr/bin/env node
// Starts the program of this system, which is in a package of its own (vintner-linux-x64, vintner-darwin-arm64, ...).
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const name = `vintner-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "vintner.exe" : "vintner";
let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(`vintner: there is no program for ${process.platform}-${process.arch}, or npm left ${name} out`);
  console.error("  install without --omit=optional; from source: cargo build --release --locked -p vintner");
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// Ctrl-C reaches the program by itself, which ends its run in order; what is sent to this process alone is handed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`vintner: ${program}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
