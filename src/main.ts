#!/usr/bin/env node
import { CommanderError } from 'commander';
import { program } from './cli/program.js';

try {
  await program(process, (code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  // Commander has told the user what is wrong already; anything else is a bug, and its stack says where.
  if (!(error instanceof CommanderError)) throw error;
}
