-- The span in which the run was asked for, as W3C writes it: version, trace, span, whether it is kept. Empty where the
-- process that asked collected no traces, or was of a version before.
ALTER TABLE runs ADD COLUMN traceparent TEXT;
