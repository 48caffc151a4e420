-- The domain's own past. A database that has events already is right after `eventcheckpoints rebuild`; serve says so.

-- The domain itself behind each transaction that appended to its stream: version is that of the transaction's last event. What it was in the middle
-- of a transaction is folded from the transaction's own events; what it is now stands in domains too. Events that were recorded at the same time
-- and occurred at the same time count as one transaction, however they were appended, so that a rebuild can tell.
create table eventcheckpoints.domain_states (
    tenant_id       text        not null,
    domain_id       uuid        not null,
    version         bigint      not null,
    name            text        not null, -- the last one, while not registered
    registered      boolean     not null,
    definition      text        null,     -- definitions.hash of the domain's own definition
    current         text        null,     -- the current checkpoint
    recorded        timestamptz not null,
    occurred        timestamptz not null, -- as the source says
    -- Whether no later version was recorded (did occur) at or before this one's time: such rows rise with both time and version, whatever clocks do.
    latest_recorded boolean     not null,
    latest_occurred boolean     not null,
    constraint domain_states_pkey primary key (tenant_id, domain_id, version)
);

-- The newest version at a time.
create index domain_states_recorded on eventcheckpoints.domain_states (tenant_id, domain_id, recorded) where latest_recorded;
create index domain_states_occurred on eventcheckpoints.domain_states (tenant_id, domain_id, occurred) where latest_occurred;

-- Who was ever called by a name, and of the domains that are no longer registered the last one.
create index domain_states_name on eventcheckpoints.domain_states (tenant_id, name, domain_id);
create index domains_last_name on eventcheckpoints.domains (tenant_id, name, changed_at) where not registered;

-- The checkpoint states that stood at a version and ended since, found in the time of the answer however much came before or after. Each
-- domain has a stretch of numbers of its own (its hash, then 32 bits of version), since a GiST index on a uuid and a range would take an extension.
-- Domains that share a hash, or run past 2^32 versions, cost a comparison: the columns themselves are asked too.
create index checkpoint_states_ended on eventcheckpoints.checkpoint_states using gist (
    int8range((uuid_hash(domain_id)::bigint << 32) + from_version, (uuid_hash(domain_id)::bigint << 32) + to_version)) where to_version is not null;
drop index eventcheckpoints.checkpoint_states_past;
