-- When the answer to a step that was begun was given up: until then, and a while longer, it may still happen.
ALTER TABLE write_steps ADD COLUMN given_up_at BIGINT;
