/* Starts a thread that helps to read logs (src/cli/logs/log-worker.ts). */
require('./start.js').start('log-worker');
