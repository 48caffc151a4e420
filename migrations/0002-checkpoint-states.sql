-- The read side. Every row comes from the events and can be rebuilt from them.

-- One row for each state that a checkpoint has been in. from_version is the version of the event that made it, to_version the version of the
-- event that ended it; "now" is to_version is null. Siblings are ordered by from_version, newest first: every event that makes a row also links it.
create table eventcheckpoints.checkpoint_states (
    tenant_id     text        not null,
    domain_id     uuid        not null,
    name          text        not null,
    from_version  bigint      not null,
    to_version    bigint      null,
    parent        text        null,
    description   text        null,
    creation_time bigint      not null, -- seconds since 1970-01-01 UTC
    disks         jsonb       not null, -- [{"name","mode","bitmap"}], in the checkpoint's order
    definition    text        null,     -- definitions.hash
    recorded      timestamptz not null,
    constraint checkpoint_states_pkey primary key (tenant_id, domain_id, name, from_version)
);

-- "Now" in link order, and the rows that were still open at an earlier version.
create index checkpoint_states_now on eventcheckpoints.checkpoint_states (tenant_id, domain_id, from_version) where to_version is null;
create index checkpoint_states_past on eventcheckpoints.checkpoint_states (tenant_id, domain_id, to_version) where to_version is not null;

-- The text of each definition, once for each distinct SHA-256 in a domain's stream.
create table eventcheckpoints.definitions (
    tenant_id text not null,
    domain_id uuid not null,
    hash      text not null,
    xml       text not null,
    constraint definitions_pkey primary key (tenant_id, domain_id, hash)
);

create table eventcheckpoints.domains (
    tenant_id     text        not null,
    domain_id     uuid        not null,
    name          text        not null, -- the last one, while not registered
    registered    boolean     not null,
    definition    text        null,     -- definitions.hash of the domain's own definition
    version       bigint      not null, -- of the stream
    current       text        null,     -- the current checkpoint
    checkpoints   integer     not null,
    registered_at timestamptz not null,
    changed_at    timestamptz not null,
    constraint domains_pkey primary key (tenant_id, domain_id)
);

-- libvirt knows a name once; a domain that is no longer registered gives its name free.
create unique index domains_name on eventcheckpoints.domains (tenant_id, name) where registered;
create index domains_registered on eventcheckpoints.domains (tenant_id, registered_at, domain_id) where registered;
