-- The session that the browser had when a sign-in began: it ends with the new one.
ALTER TABLE login_flows ADD COLUMN session TEXT;
