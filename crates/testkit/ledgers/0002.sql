-- Rows as a process of this step's version left them; never changed once the step is released.
INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, twin, exclusive, attempt, spent, allowed, requested, due, started, finished, worker, lease_until, stop_asked_by, progress_done, progress_total, progress_message, result, error) VALUES
 ('01a21b64-6f07-7006-b886-ecdaa0dce1b9', 'issues_sync', 'sync', 'null', 'program', 'cold start', 'done', NULL, 'issues', 1, 1, 5, 1795755896583, 1795755896583, 1795755896719, 1795755896736, 'vm-1-fc19142f', NULL, NULL, 7, 7, 'storing', '{"added":7,"changed":0,"entries":7,"full":true,"problems":0,"removed":0,"source":"issues","stale":0}', NULL),
 ('01a21b64-6f07-7006-b886-ecde81093931', 'card_sync', 'sync', 'null', 'schedule', 'schedule', 'failed', NULL, 'cards', 5, 5, 5, 1795755896584, 1795755896600, 1795755896869, 1795755896926, 'vm-1-fc19142f', NULL, NULL, 0, NULL, '', 'null', 'jira: 401 Unauthorized; renew jira_pass'),
 ('01a21b64-7c64-75db-bc0e-c98e492b98bb', 'case_sync', 'sync', 'null', 'person', 'ada', 'pending', 'case_sync null', 'cases', 0, 0, 5, 1795755900004, 1795755900004, NULL, NULL, NULL, NULL, NULL, 0, NULL, '', 'null', NULL);
INSERT INTO run_needs (run, needs) VALUES ('01a21b64-6f07-7006-b886-ecde81093931', '01a21b64-6f07-7006-b886-ecdaa0dce1b9');
INSERT INTO run_attempts (run, attempt, worker, started, finished, outcome, error) VALUES
 ('01a21b64-6f07-7006-b886-ecdaa0dce1b9', 1, 'vm-1-fc19142f', 1795755896719, 1795755896736, 'done', NULL),
 ('01a21b64-6f07-7006-b886-ecde81093931', 5, 'vm-1-fc19142f', 1795755896869, 1795755896926, 'failed', 'jira: 401 Unauthorized; renew jira_pass');
INSERT INTO run_events (run, number, at, state, note) VALUES
 ('01a21b64-6f07-7006-b886-ecdaa0dce1b9', 1, 1795755896583, 'pending', 'asked for by cold start (program)');
INSERT INTO run_logs (run, attempt, line, at, level, message) VALUES
 ('01a21b64-6f07-7006-b886-ecdaa0dce1b9', 1, 1, 1795755896720, 'WARN', 'one issue has no title key=OCPBUGS-7');
INSERT INTO run_calls (run, attempt, service, call, calls, failed, milliseconds) VALUES
 ('01a21b64-6f07-7006-b886-ecdaa0dce1b9', 1, 'jira', 'GET /rest/api/2/search', 2, 1, 34);
INSERT INTO run_locks (name, fence, run) VALUES ('cases', 4, NULL), ('cards', 9, '01a21b64-6f07-7006-b886-ecde81093931');
INSERT INTO schedules (task, schedule, since, paused_at, paused_by) VALUES
 ('case_sync', '*/15 * * * *', 1795755896616, NULL, NULL),
 ('card_sync', '21 * * * *', 1795755896616, 1795755899000, 'ada');
INSERT INTO ticks (task, tick, noticed, scheduler, run) VALUES
 ('case_sync', 1795755900000, 1795755900004, 'vm-1-fc19142f', '01a21b64-7c64-75db-bc0e-c98e492b98bb');
INSERT INTO queues (name, paused_at, paused_by) VALUES ('sync', 1795755899500, 'ada');
INSERT INTO workers (name, host, process, version, roles, slots, started, seen, stopping, processed, failed) VALUES
 ('vm-1-fc19142f', 'vm', '1b21746c/pid:[4026531836]/17352/2378642', '0.1.0', 'worker, scheduler', 4, 1795755896616, 1795755926697, 0, 13, 1);
