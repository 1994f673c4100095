-- Rows as a process of this step's version left them; never changed once the step is released.
UPDATE ledger_revision SET revision = 33 WHERE id = 1;
INSERT INTO freshness (source, last_attempt, last_success, last_full, duration_ms, entries, added, changed, removed, error, error_since, failures, high_water, interval_ms) VALUES
 ('cases', 1795755900020, 1795755900070, 1795755896636, 50, 60, 3, 2, 1, NULL, NULL, 0, '{"until":"2026-11-26T21:45:46Z","scope":"hydra: case_sbrGroups:\"Telco5G\"","document":"cc3805ef1841dd4809f06ee2c89e7acf"}', 60000),
 ('details', 1795755900030, 1795755900060, 1795755896717, 30, 60, 0, 1, 0, NULL, NULL, 0, NULL, 60000),
 ('bugs', 1795755900046, NULL, NULL, NULL, 0, 0, 0, 0, 'bugzilla: HTTP 503 after 5 attempts', 1795755800000, 7, NULL, 300000);
INSERT INTO stale_entries (source, entry, reason, since, generation) VALUES
 ('details', '04000007', 'portal: timed out after 30 s', 1795755896717, 28);
INSERT INTO data_problems (source, document, entry, reason, first_seen, last_seen, generation) VALUES
 ('cards', 'cards', 'KNIECO-400000', 'KNIECO-400000: its case 99000000 is not in the cases document', 1795755896867, 1795755900072, 28);
INSERT INTO held_shrinks (document, source, old_count, new_count, held_at, state, decided_by, decided_at) VALUES
 ('cases', 'cases', 60, 3, 1795755899000, 'held', NULL, NULL),
 ('bugs', 'bugs', 7, 0, 1795755890000, 'rejected', 'ada', 1795755895000);
INSERT INTO case_comments (case_number, comment_id, author, body, created, public) VALUES
 ('04000001', 'a0aK000000000000', 'Mei F. 橋本', 'It''s down; "again".
-- يوسف 😀 <b>', 1765941207000, 1),
 ('04000001', 'a0aK000000000001', NULL, '', NULL, 0);
INSERT INTO facts (name, value, changed) VALUES ('cards.drawn', '{"order":[3,1,2]}', 1795755896000);
