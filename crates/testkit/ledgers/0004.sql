-- Rows as a process of this step's version left them; never changed once the step is released.
INSERT INTO login_flows (flow, browser, kind, request_id, target, expires, session, client) VALUES
 ('160bf8979aa548fe886ba4b90e7f9334a7a8e6d3fb136201c484c5609bd9041b', '5e26d7146bd0f49c8b40a10b95dcdd2d5da9df87ea16d5bc6224c45a074193cc', 'login', '_77aa', '/home', 4070908800000, 'd829db9f917b857f', '192.0.2.7');
