#!/usr/bin/env node
process.stdout.write('hotzone\n');
