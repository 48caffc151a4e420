-- Audit records (refusals, denials, reads) stand among the events, in streams of their own. Those about a domain are found by it; other events have no such field,
-- and cost this index nothing.
create index mt_events_about on eventcheckpoints.mt_events ((data->>'domain'), seq_id) where data->>'domain' is not null;
