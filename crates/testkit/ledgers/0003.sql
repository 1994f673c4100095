-- Rows as a process of this step's version left them; never changed once the step is released.
INSERT INTO accounts (account, provider, subject, name, mail, attributes, member_of, role, first_login, last_login, blocked, blocked_by) VALUES
 ('9724cc050b633c4d617804ead40ca675', 'https://idp.example.com', 'ada', 'Ada Öztürk', 'ada@example.com', '{"rhatUUID":["ada"]}', '["cn=field-team,ou=groups"]', 'operator', 1795755000000, 1795755890000, NULL, NULL),
 ('5c80990e8a45ad24ef47d4cff26d14e0', 'https://idp.example.com', 'bo', 'Bo', NULL, '{}', '[]', 'viewer', 1795755000000, 1795755000000, 1795755500000, 'ada');
INSERT INTO login_flows (flow, browser, kind, request_id, target, expires) VALUES
 ('e865168f04ce2eb66741c2d97d2e4909bc180ed2f785b1d0a5b3bc447d7812ab', '5e26d7146bd0f49c8b40a10b95dcdd2d5da9df87ea16d5bc6224c45a074193cc', 'login', '_5f1c', '/table/all?q=is:open', 4070908800000);
INSERT INTO seen_assertions (assertion, expires) VALUES ('https://idp.example.com _a1b2', 4070908800000);
INSERT INTO sessions (handle, digest, account, role, name_id, name_id_format, session_index, created, seen, expires, address, agent, revoked, revoked_by) VALUES
 ('d829db9f917b857f', 'd829db9f917b857f7d09fc3cd408172a17979f087906f8173ac4d7e251554a72', '9724cc050b633c4d617804ead40ca675', 'operator', '_name-1', NULL, '_index-1', 1795755890000, 1795755899000, 4070908800000, '192.0.2.7', 'Mozilla/5.0', NULL, NULL),
 ('5d9061408048c12d', '5d9061408048c12d053925aed45333a142997f26a2cd1e0c4a87678c53a1e3ae', '5c80990e8a45ad24ef47d4cff26d14e0', 'viewer', '_name-2', 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient', NULL, 1795755000000, 1795755000000, 1795765000000, NULL, NULL, 1795755500000, 'ada');
INSERT INTO api_tokens (handle, digest, name, account, created_by, scopes, created, expires, revoked, revoked_by, used, used_from) VALUES
 ('4687b2dd5bd3098b', '4687b2dd5bd3098b4be6742cb28ef670704fcb4ede52b897ce46fa29166c8296', 'nightly', '9724cc050b633c4d617804ead40ca675', 'Ada Öztürk', 'read refresh', 1795755000000, 4070908800000, NULL, NULL, 1795755899000, '192.0.2.8'),
 ('ffa26d3e0766171d', 'ffa26d3e0766171dc5bd567e91ad006fa1ff93e541b304d8c3a536b9103548e5', 'old', NULL, 'command line', 'admin', 1795755000000, 4070908800000, 1795755500000, 'ada', NULL, NULL);
INSERT INTO audit_log (seq, at, actor, account, via, action, object, outcome, detail, request_id, address, words) VALUES
 (1, 1795755890000, 'ada@example.com', '9724cc050b633c4d617804ead40ca675', 'session', 'login', 'Ada Öztürk', 'done', '{"role":"operator"}', '1a21b646e75-1', '192.0.2.7', 'ada@example.com ada öztürk 192.0.2.7 9724cc050b633c4d617804ead40ca675'),
 (2, 1795755899000, 'ada@example.com', '9724cc050b633c4d617804ead40ca675', 'session', 'schedule.change', 'card_sync', 'done', '{"paused":true}', '1a21b646e75-2', '192.0.2.7', 'ada@example.com card_sync 192.0.2.7 9724cc050b633c4d617804ead40ca675');
UPDATE audit_count SET last = 2 WHERE id = 1;
