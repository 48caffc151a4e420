-- Events are only ever added. Two fences: a role for the running host that may insert and read events and do nothing else to them, and triggers that stop even
-- the owner's accidental statement. docs/decisions/0008-append-only.md says what each is worth.

-- Roles belong to the whole server: another database may have made it, or be making it at this moment.
do $do$
begin
    if not exists (select from pg_roles where rolname = 'eventcheckpoints_host') then
        create role eventcheckpoints_host nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then
        raise exception '% may not create roles; have an administrator of the server run `create role eventcheckpoints_host nologin;` once, then migrate again', current_user
            using errcode = 'insufficient_privilege';
end
$do$;

grant usage on schema eventcheckpoints to eventcheckpoints_host;

-- Reading: everything, now and later. What a later migration's tables may be written with, that migration grants.
grant select on all tables in schema eventcheckpoints to eventcheckpoints_host;
alter default privileges in schema eventcheckpoints grant select on tables to eventcheckpoints_host;

-- Events, and the sequence that numbers them.
grant insert on eventcheckpoints.mt_events to eventcheckpoints_host;
grant usage, select on sequence eventcheckpoints.mt_events_sequence to eventcheckpoints_host;

-- What Marten itself must change: how long a stream is, how far its readers are, and what it skipped.
grant insert, update (version, timestamp) on eventcheckpoints.mt_streams to eventcheckpoints_host;
grant insert, update, delete on
    eventcheckpoints.mt_event_progression,
    eventcheckpoints.mt_event_projection_floors,
    eventcheckpoints.mt_high_water_skips,
    eventcheckpoints.mt_doc_deadletterevent
to eventcheckpoints_host;

-- The read side, written with each append: a state is entered, and closed once.
grant insert, update (to_version) on eventcheckpoints.checkpoint_states to eventcheckpoints_host;
grant insert on eventcheckpoints.definitions to eventcheckpoints_host;
grant insert, update on eventcheckpoints.domains to eventcheckpoints_host;
grant insert on eventcheckpoints.domain_values to eventcheckpoints_host;
-- Events of one moment are one row, and which rows are the latest of their time changes with the next.
grant insert, update, delete on eventcheckpoints.domain_states to eventcheckpoints_host;

create function eventcheckpoints.refuse_change() returns trigger language plpgsql as $body$
begin
    raise exception '% of %.% is refused: what happened is never changed, only added to', tg_op, tg_table_schema, tg_table_name
        using errcode = 'object_not_in_prerequisite_state', hint = 'Where the law wants something erased, docs/decisions/0008-append-only.md says how.';
end
$body$;

create trigger append_only before update or delete or truncate on eventcheckpoints.mt_events
    for each statement execute function eventcheckpoints.refuse_change();
create trigger append_only before delete or truncate on eventcheckpoints.mt_streams
    for each statement execute function eventcheckpoints.refuse_change();

-- Also where session_replication_role would switch triggers off.
alter table eventcheckpoints.mt_events enable always trigger append_only;
alter table eventcheckpoints.mt_streams enable always trigger append_only;
