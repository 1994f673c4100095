-- The session that the browser had when a sign-in began: it ends with the new one. And from where it began.
ALTER TABLE login_flows ADD COLUMN session TEXT;
ALTER TABLE login_flows ADD COLUMN client TEXT;
CREATE INDEX login_flows_by_client ON login_flows (client, expires);
